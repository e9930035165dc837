/** A way of sending, as staff would set it. */
export interface DemoShippingOption {
  readonly code: string;
  readonly name: string;
  readonly names: readonly { readonly locale: string; readonly name: string }[];
  readonly position: number;
  readonly channels: readonly string[];
  readonly currency: string;
  readonly taxIncluded: boolean;
  readonly zones: readonly {
    readonly countries: readonly string[];
    readonly brackets: readonly { readonly from: number; readonly amountMinor: number }[];
    readonly freeFromMinor?: number;
  }[];
}

const SHOPS = ['web', 'mobile'];
const NEIGHBOURS = ['AT', 'BE', 'DK', 'FR', 'LU', 'NL', 'PL'];
const STANDARD_NAMES = [
  { locale: 'de', name: 'Standardversand' },
  { locale: 'fr', name: 'Livraison standard' },
];
const EXPRESS_NAMES = [
  { locale: 'de', name: 'Express' },
  { locale: 'fr', name: 'Livraison express' },
];
const flat = (amountMinor: number) => [{ from: 0, amountMinor }];

/** Parcels of the shops: free at home from an amount on, dearer the farther they go. Trade, marketplaces and tills have terms of their own. */
export const SHIPPING_OPTIONS: readonly DemoShippingOption[] = [
  {
    code: 'standard',
    name: 'Standard delivery',
    names: STANDARD_NAMES,
    position: 1,
    channels: SHOPS,
    currency: 'EUR',
    taxIncluded: true,
    zones: [
      { countries: ['DE'], brackets: flat(490), freeFromMinor: 5_000 },
      { countries: NEIGHBOURS, brackets: flat(790), freeFromMinor: 10_000 },
      { countries: [], brackets: flat(1290) },
    ],
  },
  {
    code: 'express',
    name: 'Express delivery',
    names: EXPRESS_NAMES,
    position: 2,
    channels: SHOPS,
    currency: 'EUR',
    taxIncluded: true,
    zones: [
      { countries: ['DE'], brackets: flat(990) },
      { countries: NEIGHBOURS, brackets: flat(1990) },
    ],
  },
  {
    code: 'standard-gbp',
    name: 'Standard delivery',
    names: STANDARD_NAMES,
    position: 1,
    channels: SHOPS,
    currency: 'GBP',
    taxIncluded: true,
    zones: [{ countries: ['GB', 'IE'], brackets: flat(495), freeFromMinor: 6_000 }],
  },
];
