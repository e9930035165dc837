import { LOCATIONS, STORES, WAREHOUSES, type DemoLocation } from './locations.ts';

/** A channel; the first currency, country and language are its defaults. */
export interface DemoChannel {
  readonly code: string;
  readonly name: string;
  readonly currencies: readonly string[];
  readonly countries: readonly string[];
  readonly locales: readonly string[];
  readonly locationCodes: readonly string[];
}

const codes = (locations: readonly DemoLocation[]) => locations.map(({ code }) => code);
const SHOP = {
  currencies: ['EUR', 'USD', 'GBP'],
  countries: ['DE', 'AT', 'BE', 'DK', 'ES', 'FR', 'GB', 'IE', 'IT', 'LU', 'NL', 'PL', 'SE', 'US'],
  locales: ['en', 'de', 'fr', 'nl'],
  locationCodes: codes(LOCATIONS),
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
  },
  {
    code: 'b2b',
    name: 'Trade',
    currencies: ['EUR', 'GBP'],
    countries: ['DE', 'AT', 'FR', 'GB', 'NL'],
    locales: ['en', 'de'],
    locationCodes: codes(WAREHOUSES),
  },
  {
    code: 'marketplace',
    name: 'Marketplaces',
    currencies: ['EUR'],
    countries: ['DE', 'AT', 'FR', 'NL'],
    locales: ['en', 'de'],
    // Only what leaves from within the customs union arrives within the marketplaces' promises.
    locationCodes: ['leipzig', 'rotterdam', 'lyon'],
  },
];
