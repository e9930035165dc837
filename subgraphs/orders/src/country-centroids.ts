import { createRequire } from 'node:module';
import type { Country } from 'world-countries';
import type { Point } from './domain/geography.ts';

// Of all that the package has only these few numbers are kept: its objects take megabytes.
const countries = createRequire(import.meta.url)('world-countries/countries.json') as Pick<
  Country,
  'cca2' | 'latlng'
>[];
const points = new Map(
  countries.map(({ cca2, latlng: [latitude, longitude] }): [string, Point] => [cca2, { latitude, longitude }]),
);

/** The middle of a country by its alpha-2 code; null for one that is not known. */
export const centroidOf = (country: string): Point | null => points.get(country) ?? null;
