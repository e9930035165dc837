/** What a text may name. */
export interface MailValues {
  /** How the person is greeted; null when nobody knows. */
  readonly givenName: string | null;
  /** An address in the shop by its path, with the token of the mail where it has one. */
  readonly link: (path: string) => string;
  /** What the command gave along. */
  readonly parameters: Readonly<Record<string, string | number>>;
}

export interface MailText {
  readonly subject: string;
  readonly text: string;
}

/** Makes the text of a mail in one language. */
export type MailTemplate = (values: MailValues) => MailText;
