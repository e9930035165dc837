/** What a product is called in German, and what is said of it. */
export interface GermanText {
  readonly title: string;
  readonly html: string;
}

/** German texts by the handles of their products. */
export type GermanTexts = Readonly<Record<string, GermanText>>;
