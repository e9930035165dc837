import { LOCATIONS, STORES, WAREHOUSES, type DemoLocation } from './locations.ts';

/** How orders of a channel reach their buyers, within how many hours. */
export interface DemoServiceLevel {
  readonly code: string;
  readonly name: string;
  readonly kind: 'DELIVERY' | 'PICKUP';
  readonly minHours: number;
  readonly maxHours: number;
}

/** A channel; the first currency, country and language are its defaults. */
export interface DemoChannel {
  readonly code: string;
  readonly name: string;
  readonly currencies: readonly string[];
  readonly countries: readonly string[];
  readonly locales: readonly string[];
  readonly locationCodes: readonly string[];
  /** The default first. */
  readonly serviceLevels: readonly DemoServiceLevel[];
}

const codes = (locations: readonly DemoLocation[]) => locations.map(({ code }) => code);
const STANDARD = { code: 'standard', name: 'Standard delivery', kind: 'DELIVERY', minHours: 48, maxHours: 96 } as const;
const EXPRESS = { code: 'express', name: 'Express delivery', kind: 'DELIVERY', minHours: 18, maxHours: 30 } as const;
const COLLECT = { code: 'collect', name: 'Click and collect', kind: 'PICKUP', minHours: 2, maxHours: 24 } as const;
const FREIGHT = { code: 'freight', name: 'Pallet freight', kind: 'DELIVERY', minHours: 72, maxHours: 240 } as const;
const SHOP = {
  currencies: ['EUR', 'USD', 'GBP'],
  countries: ['DE', 'AT', 'BE', 'DK', 'ES', 'FR', 'GB', 'IE', 'IT', 'LU', 'NL', 'PL', 'SE', 'US'],
  locales: ['en', 'de', 'fr', 'nl'],
  locationCodes: codes(LOCATIONS),
  serviceLevels: [STANDARD, EXPRESS, COLLECT],
} as const;

export const CHANNELS: readonly DemoChannel[] = [
  { code: 'web', name: 'Web Shop', ...SHOP },
  { code: 'mobile', name: 'Mobile App', ...SHOP },
  {
    code: 'pos',
    name: 'Stores',
    currencies: ['EUR', 'GBP'],
    countries: ['DE', 'AT', 'FR', 'GB', 'NL'],
    locales: ['en', 'de', 'fr', 'nl'],
    locationCodes: codes(STORES),
    // What is paid at the till is taken along; the rest comes home from another place.
    serviceLevels: [
      { code: 'carry-out', name: 'Taken along', kind: 'PICKUP', minHours: 0, maxHours: 0 },
      COLLECT,
      STANDARD,
    ],
  },
  {
    code: 'b2b',
    name: 'Trade',
    currencies: ['EUR', 'GBP'],
    countries: ['DE', 'AT', 'FR', 'GB', 'NL'],
    locales: ['en', 'de'],
    locationCodes: codes(WAREHOUSES),
    serviceLevels: [STANDARD, EXPRESS, FREIGHT],
  },
  {
    code: 'marketplace',
    name: 'Marketplaces',
    currencies: ['EUR'],
    countries: ['DE', 'AT', 'FR', 'NL'],
    locales: ['en', 'de'],
    // Only what leaves from within the customs union arrives within the marketplaces' promises.
    locationCodes: ['leipzig', 'rotterdam', 'lyon'],
    serviceLevels: [STANDARD],
  },
];
