import { decodeCursor, encodeCursor, pageSize, toConnection } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { setTaxRates } from '../commands/taxes/set-tax-rates.ts';
import { setTaxSettings } from '../commands/taxes/set-tax-settings.ts';
import { upsertTaxRates } from '../commands/taxes/upsert-tax-rates.ts';
import { findRatesPage, type TaxRatePlace } from '../data/taxes/tax-rates.ts';
import { findTaxSettings } from '../data/taxes/tax-settings.ts';
import type { TaxRateDecision } from '../domain/taxes/decide-tax-rates.ts';
import { STANDARD_CATEGORY } from '../domain/taxes/tax-rates.ts';
import type { MutationResolvers as InternalMutations } from '../generated/internal.ts';
import type { MutationResolvers, QueryResolvers, TaxRateResolvers, TaxRateRowResult } from '../generated/schema.ts';

const DEFAULT_PAGE = 50;
const MAX_PAGE = 200;

export const taxQueries: Pick<QueryResolvers, 'taxRates' | 'taxSettings'> = {
  taxRates: async (_, { country, first, after }, { db }) => {
    const size = pageSize(first, DEFAULT_PAGE, MAX_PAGE);
    const behind = after == null ? null : readPlace(after);
    const rates = await findRatesPage(db.orm, country ?? null, behind, size + 1);
    const cursorOf = (rate: (typeof rates)[number]) => encodeCursor([rate.country, rate.region, rate.taxCategory]);
    return toConnection(rates, size, cursorOf, behind !== null);
  },
  taxSettings: (_, _args, { db }) => findTaxSettings(db.orm),
};

export const taxMutations: Pick<MutationResolvers, 'taxRatesSet' | 'taxSettingsSet'> = {
  taxRatesSet: async (_, { input }, { db }) => {
    const outcome = await setTaxRates(db, input.rates.map(toChange));
    if (outcome.__typename === 'InvalidInput') return outcome;
    const { __typename, changedCount, decisions } = outcome;
    return { __typename, changedCount, rows: decisions.map(toRowResult) };
  },
  taxSettingsSet: (_, { input: { country, rounding, expectedVersion } }, { db }) =>
    setTaxSettings(db, { country, rounding, expectedVersion: expectedVersion ?? null }),
};

/** Commands of the seed and of other services. */
export const internalTaxMutations: Pick<InternalMutations, 'taxRatesUpsert'> = {
  taxRatesUpsert: async (_, { input }, { db }) => {
    const rates = input.rates.map((rate) => ({ ...placeOf(rate), basisPoints: rate.basisPoints }));
    return { changedCount: await upsertTaxRates(db, rates) };
  },
};

export const TaxRate: TaxRateResolvers = {
  region: ({ region }) => (region === '' ? null : region),
};

interface PlacedInput {
  readonly country: string;
  readonly region?: string | null | undefined;
  readonly taxCategory?: string | undefined;
}

/** Regions are kept in upper case; the empty one is the whole country. */
const placeOf = ({ country, region, taxCategory = STANDARD_CATEGORY }: PlacedInput) => ({
  country,
  region: region?.toUpperCase() ?? '',
  taxCategory,
});

const toChange = ({
  basisPoints,
  expectedVersion,
  ...place
}: PlacedInput & { basisPoints?: number | null | undefined; expectedVersion?: number | null | undefined }) => ({
  ...placeOf(place),
  basisPoints: basisPoints ?? null,
  expectedVersion: expectedVersion ?? null,
});

const toRowResult = (decision: TaxRateDecision, index: number): TaxRateRowResult => {
  const isRejected = decision.status === 'REJECTED';
  return {
    index,
    status: decision.status,
    code: isRejected ? decision.code : null,
    message: isRejected ? decision.message : null,
  };
};

function readPlace(cursor: string): TaxRatePlace {
  const [country, region, category] = decodeCursor(cursor, 3);
  if (isStorable(country) && isStorable(region) && isStorable(category)) return [country, region, category];
  throw badInput('This cursor is not one that this list gave out. Begin without a cursor.', ['after']);
}

const isStorable = (part: unknown): part is string => typeof part === 'string' && !part.includes('\0');
