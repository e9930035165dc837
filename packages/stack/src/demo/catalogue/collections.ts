import type { DemoProduct } from './expand.ts';
import { lowestEurMinor, PRODUCTS } from './products.ts';

/** A collection with its products in the order in which they are shown. */
export interface DemoCollection {
  readonly handle: string;
  readonly title: string;
  readonly descriptionHtml: string;
  readonly german: { readonly title: string; readonly descriptionHtml: string };
  readonly productHandles: readonly string[];
}

interface CollectionRule extends Omit<DemoCollection, 'productHandles'> {
  readonly holds: (product: DemoProduct) => boolean;
}

const tagged = (tag: string) => (product: DemoProduct) => product.tags.includes(tag);
const ofType =
  (...types: readonly string[]) =>
  (product: DemoProduct) =>
    types.includes(product.productType);

const RULES: readonly CollectionRule[] = [
  {
    handle: 'new-arrivals',
    title: 'New Arrivals',
    descriptionHtml: '<p>What came in with the last deliveries, before everybody has seen it.</p>',
    german: {
      title: 'Neu eingetroffen',
      descriptionHtml: '<p>Was mit den letzten Lieferungen kam, bevor es alle gesehen haben.</p>',
    },
    holds: tagged('new'),
  },
  {
    handle: 'rain-gear',
    title: 'Rain Gear',
    descriptionHtml: '<p>Jackets, trousers, covers and umbrellas for the weather that there is.</p>',
    german: {
      title: 'Für den Regen',
      descriptionHtml: '<p>Jacken, Hosen, Hüllen und Schirme für das Wetter, das es gibt.</p>',
    },
    holds: tagged('rain'),
  },
  {
    handle: 'under-50',
    title: 'Under €50',
    descriptionHtml: '<p>Good things do not have to be expensive. All of these cost fifty euros at most.</p>',
    german: {
      title: 'Unter 50 €',
      descriptionHtml: '<p>Gute Dinge müssen nicht teuer sein. Alle diese kosten höchstens fünfzig Euro.</p>',
    },
    holds: (product) => lowestEurMinor(product) <= 5000,
  },
  {
    handle: 'sleep-outside',
    title: 'Sleep Outside',
    descriptionHtml: '<p>Tents, tarps, bags and mats: everything between you and the stars, or the drizzle.</p>',
    german: {
      title: 'Draußen schlafen',
      descriptionHtml:
        '<p>Zelte, Tarps, Schlafsäcke und Matten: alles zwischen Ihnen und den Sternen oder dem Nieselregen.</p>',
    },
    holds: ofType('Tents', 'Shelters', 'Sleeping Bags', 'Sleeping Mats', 'Pillows', 'Camping Accessories'),
  },
  {
    handle: 'camp-kitchen',
    title: 'Camp Kitchen',
    descriptionHtml: '<p>Stoves, pots and the first coffee of the morning.</p>',
    german: { title: 'Campingküche', descriptionHtml: '<p>Kocher, Töpfe und der erste Kaffee am Morgen.</p>' },
    holds: tagged('camp-kitchen'),
  },
  {
    handle: 'on-the-trail',
    title: 'On the Trail',
    descriptionHtml: '<p>Packs, shoes, layers and small safeties for a day’s walk or a month’s.</p>',
    german: {
      title: 'Auf dem Weg',
      descriptionHtml:
        '<p>Rucksäcke, Schuhe, Schichten und kleine Sicherheiten für einen Tag oder einen Monat zu Fuß.</p>',
    },
    holds: tagged('hiking'),
  },
  {
    handle: 'warm-layers',
    title: 'Warm Layers',
    descriptionHtml: '<p>Merino against the skin, fleece over it, down when you stop moving.</p>',
    german: {
      title: 'Warme Schichten',
      descriptionHtml: '<p>Merino auf der Haut, Fleece darüber, Daune, wenn man stehen bleibt.</p>',
    },
    holds: tagged('warm'),
  },
  {
    handle: 'footwear',
    title: 'Footwear',
    descriptionHtml: '<p>From limestone to theatre foyer, and what keeps the leather supple in between.</p>',
    german: {
      title: 'Schuhe',
      descriptionHtml: '<p>Vom Kalkstein bis ins Theaterfoyer, und was das Leder dazwischen geschmeidig hält.</p>',
    },
    holds: tagged('footwear'),
  },
  {
    handle: 'travel',
    title: 'Travel',
    descriptionHtml: '<p>Cases, cubes and comforts for people who would rather be early at the platform.</p>',
    german: {
      title: 'Reise',
      descriptionHtml:
        '<p>Koffer, Packtaschen und Annehmlichkeiten für alle, die lieber zu früh am Bahnsteig sind.</p>',
    },
    holds: tagged('travel'),
  },
  {
    handle: 'home-and-hearth',
    title: 'Home & Hearth',
    descriptionHtml: '<p>For the evenings when the boots dry by the door.</p>',
    german: {
      title: 'Haus und Herd',
      descriptionHtml: '<p>Für die Abende, an denen die Stiefel neben der Tür trocknen.</p>',
    },
    holds: tagged('home'),
  },
  {
    handle: 'gifts',
    title: 'Gifts',
    descriptionHtml: '<p>Things that people keep. Wrapped on request, in paper that can be used again.</p>',
    german: {
      title: 'Geschenke',
      descriptionHtml: '<p>Dinge, die man behält. Auf Wunsch verpackt, in Papier, das man noch einmal nehmen kann.</p>',
    },
    holds: tagged('gift'),
  },
  {
    handle: 'last-chance',
    title: 'Last Chance',
    descriptionHtml: '<p>Reduced because the next season’s colours are on their way.</p>',
    german: {
      title: 'Letzte Gelegenheit',
      descriptionHtml: '<p>Reduziert, weil die Farben der nächsten Saison unterwegs sind.</p>',
    },
    holds: (product) => product.variants.some((variant) => variant.eurWasMinor !== null),
  },
];

/** The collections, filled by their rules. */
export const COLLECTIONS: readonly DemoCollection[] = RULES.map(({ holds, ...collection }) => ({
  ...collection,
  productHandles: PRODUCTS.filter(holds).map((product) => product.handle),
}));

/** A collection that fills itself by a rule, of whatever is made for the cold. */
export const RULED_COLLECTION = {
  handle: 'ready-for-winter',
  title: 'Ready for Winter',
  descriptionHtml: '<p>Whatever is made for the cold months, found by what it can do.</p>',
  german: {
    title: 'Bereit für den Winter',
    descriptionHtml: '<p>Was für die kalten Monate gemacht ist, gefunden nach dem, was es kann.</p>',
  },
  rule: {
    match: 'ANY',
    conditions: [
      { field: 'TAG', relation: 'IS', values: ['winter'] },
      { field: 'ATTRIBUTE', attribute: 'season', relation: 'IS', values: ['four-season'] },
      { field: 'ATTRIBUTE', attribute: 'comfortable_down_to', relation: 'LESS', values: ['0'] },
      { field: 'ATTRIBUTE', attribute: 'filled_with', relation: 'IS', values: ['down'] },
    ],
  },
} as const;
