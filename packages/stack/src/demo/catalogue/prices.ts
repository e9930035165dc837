import type { DemoVariant } from './expand.ts';
import { PRODUCTS } from './products.ts';

/** A price list; amounts contain tax or not, as it says. */
export interface DemoPriceList {
  readonly code: string;
  readonly scope: 'BASE' | 'CHANNEL';
  readonly channel: string | null;
  readonly currency: string;
  readonly taxIncluded: boolean;
  readonly prices: readonly DemoPrice[];
}

export interface DemoPrice {
  readonly sku: string;
  /** So many have to be bought; one when absent. */
  readonly minQuantity?: number;
  readonly amountMinor: number;
  readonly compareAtMinor: number | null;
}

/** The merchant's own rates, set for a season: shelf prices do not follow the exchanges. */
const EUR_TO_USD = 1.15;
const EUR_TO_GBP = 0.86;
const GERMAN_TAX = 1.19;
const TRADE_SHARE = 0.88;
const MARKETPLACE_SHARE = 1.06;

/** The nearest customary price: 95 at the end below one hundred, whole tens less one above. */
export const charmPrice = (minor: number): number =>
  minor < 10_000 ? Math.max(1, Math.round((minor + 5) / 100)) * 100 - 5 : Math.round((minor + 100) / 1000) * 1000 - 100;

/** What hotels, huts and guides buy by the dozen. */
export const TRADE_HANDLES: readonly string[] = [
  'merino-sleeping-bag-liner',
  'silk-travel-sheet',
  'pebble-inflatable-pillow',
  'pack-rain-cover',
  'isle-rain-poncho',
  'gale-umbrella',
  'felted-hut-slippers',
  'enamel-mug',
  'enamel-plate-set',
  'field-cutlery',
  'moka-pot',
  'steel-bottle',
  'insulated-bottle',
  'lunch-tin',
  'spark-head-torch',
  'glow-camp-lantern',
  'trail-first-aid-kit',
  'trekking-poles',
  'moorland-wool-blanket',
  'beeswax-candles',
  'stoneware-mug',
  'linen-tea-towels',
  'waffle-bath-towel',
  'pine-tar-soap',
  'peg-rail',
];

/** What sells on marketplaces in spite of their commission, which these prices carry. */
export const MARKETPLACE_HANDLES: readonly string[] = [
  'canopy-hammock',
  'kar-22-day-pack',
  'tarn-hip-pack',
  'dry-bag-trio',
  'pocket-umbrella',
  'gale-umbrella',
  'merino-hiking-socks',
  'watch-cap',
  'ember-gas-stove',
  'pour-over-travel-set',
  'insulated-bottle',
  'commuter-tumbler',
  'fathom-head-torch',
  'depot-power-bank',
  'world-travel-adapter',
  'pocket-multi-tool',
  'packing-cubes',
  'hanging-wash-bag',
  'night-train-neck-pillow',
  'picnic-blanket',
];

type Conversion = (eurMinor: number) => number;

function pricesOf(convert: Conversion, handles?: readonly string[]): DemoPrice[] {
  const products = handles ? PRODUCTS.filter((product) => handles.includes(product.handle)) : PRODUCTS;
  const price = ({ sku, eurMinor, eurWasMinor }: DemoVariant): DemoPrice => ({
    sku,
    amountMinor: convert(eurMinor),
    compareAtMinor: eurWasMinor === null ? null : convert(eurWasMinor),
  });
  return products.flatMap((product) => product.variants.map(price));
}

/** What the trade pays less from so many pieces on. */
const TRADE_TIERS = [
  { minQuantity: 12, share: 0.95 },
  { minQuantity: 48, share: 0.9 },
] as const;

/** Prices of the trade: by the piece, the dozen and the case. */
function tradePrices(): DemoPrice[] {
  const byPiece = pricesOf((eur) => Math.round((eur / GERMAN_TAX) * TRADE_SHARE), TRADE_HANDLES);
  const tiers = byPiece.flatMap(({ sku, amountMinor }) =>
    TRADE_TIERS.map(({ minQuantity, share }) => ({
      sku,
      minQuantity,
      amountMinor: Math.round(amountMinor * share),
      compareAtMinor: null,
    })),
  );
  return [...byPiece, ...tiers];
}

/** One base list per currency, and lists of two channels for a part of the assortment. */
export const PRICE_LISTS: readonly DemoPriceList[] = [
  {
    code: 'base-eur',
    scope: 'BASE',
    channel: null,
    currency: 'EUR',
    taxIncluded: true,
    prices: pricesOf((eur) => eur),
  },
  {
    code: 'base-usd',
    scope: 'BASE',
    channel: null,
    currency: 'USD',
    taxIncluded: false,
    prices: pricesOf((eur) => charmPrice((eur / GERMAN_TAX) * EUR_TO_USD)),
  },
  {
    code: 'base-gbp',
    scope: 'BASE',
    channel: null,
    currency: 'GBP',
    taxIncluded: true,
    prices: pricesOf((eur) => charmPrice(eur * EUR_TO_GBP)),
  },
  {
    code: 'b2b-eur',
    scope: 'CHANNEL',
    channel: 'b2b',
    currency: 'EUR',
    taxIncluded: false,
    prices: tradePrices(),
  },
  {
    code: 'marketplace-eur',
    scope: 'CHANNEL',
    channel: 'marketplace',
    currency: 'EUR',
    taxIncluded: true,
    prices: pricesOf((eur) => charmPrice(eur * MARKETPLACE_SHARE), MARKETPLACE_HANDLES),
  },
];

/** Standard rates of value added tax in basis points. Sales tax in the United States is the buyer's state's: none here. */
export const TAX_RATES: Readonly<Record<string, number>> = {
  AT: 2000,
  BE: 2100,
  CH: 810,
  DE: 1900,
  DK: 2500,
  ES: 2100,
  FR: 2000,
  GB: 2000,
  IE: 2300,
  IT: 2200,
  LU: 1700,
  NL: 2100,
  PL: 2300,
  SE: 2500,
  US: 0,
};
