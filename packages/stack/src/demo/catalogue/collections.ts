import type { DemoProduct } from './expand.ts';
import { lowestEurMinor, PRODUCTS } from './products.ts';

/** A collection with its products in the order in which they are shown. */
export interface DemoCollection {
  readonly handle: string;
  readonly title: string;
  readonly descriptionHtml: string;
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
    holds: tagged('new'),
  },
  {
    handle: 'rain-gear',
    title: 'Rain Gear',
    descriptionHtml: '<p>Jackets, trousers, covers and umbrellas for the weather that there is.</p>',
    holds: tagged('rain'),
  },
  {
    handle: 'under-50',
    title: 'Under €50',
    descriptionHtml: '<p>Good things do not have to be expensive. All of these cost fifty euros at most.</p>',
    holds: (product) => lowestEurMinor(product) <= 5000,
  },
  {
    handle: 'sleep-outside',
    title: 'Sleep Outside',
    descriptionHtml: '<p>Tents, tarps, bags and mats: everything between you and the stars, or the drizzle.</p>',
    holds: ofType('Tents', 'Shelters', 'Sleeping Bags', 'Sleeping Mats', 'Pillows', 'Camping Accessories'),
  },
  {
    handle: 'camp-kitchen',
    title: 'Camp Kitchen',
    descriptionHtml: '<p>Stoves, pots and the first coffee of the morning.</p>',
    holds: tagged('camp-kitchen'),
  },
  {
    handle: 'on-the-trail',
    title: 'On the Trail',
    descriptionHtml: '<p>Packs, shoes, layers and small safeties for a day’s walk or a month’s.</p>',
    holds: tagged('hiking'),
  },
  {
    handle: 'warm-layers',
    title: 'Warm Layers',
    descriptionHtml: '<p>Merino against the skin, fleece over it, down when you stop moving.</p>',
    holds: tagged('warm'),
  },
  {
    handle: 'footwear',
    title: 'Footwear',
    descriptionHtml: '<p>From limestone to theatre foyer, and what keeps the leather supple in between.</p>',
    holds: tagged('footwear'),
  },
  {
    handle: 'travel',
    title: 'Travel',
    descriptionHtml: '<p>Cases, cubes and comforts for people who would rather be early at the platform.</p>',
    holds: tagged('travel'),
  },
  {
    handle: 'home-and-hearth',
    title: 'Home & Hearth',
    descriptionHtml: '<p>For the evenings when the boots dry by the door.</p>',
    holds: tagged('home'),
  },
  {
    handle: 'gifts',
    title: 'Gifts',
    descriptionHtml: '<p>Things that people keep. Wrapped on request, in paper that can be used again.</p>',
    holds: tagged('gift'),
  },
  {
    handle: 'last-chance',
    title: 'Last Chance',
    descriptionHtml: '<p>Reduced because the next season’s colours are on their way.</p>',
    holds: (product) => product.variants.some((variant) => variant.eurWasMinor !== null),
  },
];

/** The collections, filled by their rules. */
export const COLLECTIONS: readonly DemoCollection[] = RULES.map(({ holds, ...collection }) => ({
  ...collection,
  productHandles: PRODUCTS.filter(holds).map((product) => product.handle),
}));
