import { CAMPING } from './german/camping.ts';
import { CLOTHING } from './german/clothing.ts';
import type { GermanText } from './german/german-text.ts';
import { ON_THE_WAY } from './german/on-the-way.ts';

/** A text as `productsUpsert` takes it; what is null is as everywhere else. */
interface DemoText {
  readonly channel: string | null;
  readonly locale: string | null;
  readonly title: string | null;
  readonly descriptionHtml: string | null;
}

const GERMAN = new Map<string, GermanText>([CAMPING, CLOTHING, ON_THE_WAY].flatMap((texts) => Object.entries(texts)));

/** Handles of products that are described in German; the others show the catalogue's English. */
export const GERMAN_HANDLES: readonly string[] = [...GERMAN.keys()];

/** What a channel says in its own words. */
const OF_CHANNELS: ReadonlyMap<string, readonly DemoText[]> = new Map([
  [
    'enamel-mug',
    [
      {
        channel: 'b2b',
        locale: null,
        title: null,
        descriptionHtml:
          '<p>Steel, two coats of enamel, a rolled rim. Stackable, and safe in the dishwasher of a hut kitchen; printed with your name from 72 pieces on.</p>',
      },
      {
        channel: 'b2b',
        locale: 'de',
        title: null,
        descriptionHtml:
          '<p>Stahl, zwei Schichten Emaille, ein gerollter Rand. Stapelbar und fest in der Spülmaschine einer Hüttenküche; ab 72 Stück mit Ihrem Namen bedruckt.</p>',
      },
    ],
  ],
]);

/** What is said of a product in German, and in some channels. */
export function textsOf(handle: string): DemoText[] {
  const german = GERMAN.get(handle);
  const everywhere = german ? [{ channel: null, locale: 'de', title: german.title, descriptionHtml: german.html }] : [];
  return [...everywhere, ...(OF_CHANNELS.get(handle) ?? [])];
}
