import { pageSize, toConnection } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { activatePriceList, archivePriceList, type SetActivity } from '../commands/lists/set-activity.ts';
import { setFeeSchedule } from '../commands/lists/set-fee-schedule.ts';
import { setPriceList } from '../commands/lists/set-price-list.ts';
import { setPrices } from '../commands/lists/set-prices.ts';
import { findFeeSchedules } from '../data/lists/fee-schedules.ts';
import { findListPrices, type ListPrice } from '../data/lists/list-prices.ts';
import { findPriceList, findPriceLists } from '../data/lists/find-lists.ts';
import { formatPrecise } from '../domain/amounts/precise-text.ts';
import { listStatus } from '../domain/lists/list-status.ts';
import type { PriceListDraft } from '../domain/lists/price-list-draft.ts';
import type { Adjustment, FeeBracket, PriceList as List, Span } from '../domain/lists/price-list.ts';
import type {
  FeeBracketInput,
  ListPriceResolvers,
  MutationResolvers,
  PriceDerivationInput,
  PriceDerivationResolvers,
  PriceListResolvers,
  QueryResolvers,
} from '../generated/schema.ts';
import { placeCursor, readPlace } from './list-price-place.ts';
import { toPriceChange } from './price-change.ts';

const MAX_LISTS = 1_000;
const MAX_PRICES = 1_000;
const DEFAULT_PAGE = 50;
const MAX_PAGE = 500;

export const listQueries: Pick<QueryResolvers, 'priceLists' | 'priceList' | 'feeSchedules'> = {
  priceLists: (_, _args, { db }) => findPriceLists(db.orm, '', MAX_LISTS),
  priceList: (_, { code }, { db }) => findPriceList(db.orm, code),
  feeSchedules: async (_, _args, { db }) => (await findFeeSchedules(db.orm)).map(toFeeSchedule),
};

export const listMutations: Pick<
  MutationResolvers,
  'priceListSet' | 'priceListActivate' | 'priceListArchive' | 'pricesSet' | 'feeScheduleSet'
> = {
  priceListSet: (_, { input }, { db }) => {
    const { code, scope, currency, taxIncluded } = input;
    const { name, subject = null, channel = null, validity, derivation, isDraft, expectedVersion = null } = input;
    return setPriceList(db, {
      ...{ code, scope, subject, channel, currency, taxIncluded, expectedVersion },
      name: name ?? code,
      validity: validity ? toSpan(validity) : null,
      derivation: derivation ? toDerivation(derivation) : null,
      isDraft: isDraft ?? false,
    });
  },
  priceListActivate: (_, { input }, { db }) => activatePriceList(db, toActivity(input)),
  priceListArchive: (_, { input }, { db }) => archivePriceList(db, toActivity(input)),
  pricesSet: (_, { input: { priceListCode, prices } }, { db }) =>
    setPrices(db, { priceListCode, changes: prices.map(toPriceChange), maximum: MAX_PRICES }),
  feeScheduleSet: async (_, { input: { feeScheduleCode, name, currency, brackets, expectedVersion } }, { db }) => {
    const draft = { code: feeScheduleCode, name, currency, brackets: brackets.map(toBracket) };
    const outcome = await setFeeSchedule(db, draft, expectedVersion ?? null);
    if (outcome.__typename !== 'FeeScheduleSaved') return outcome;
    return { __typename: outcome.__typename, feeSchedule: toFeeSchedule(outcome.feeSchedule) };
  },
};

const toBracket = ({ fixedMinor = 0, minimumMinor = 0, ...bracket }: FeeBracketInput): FeeBracket => ({
  ...bracket,
  fixedMinor,
  minimumMinor,
});

const toFeeSchedule = <Schedule extends { readonly brackets: readonly object[] }>(schedule: Schedule) => ({
  ...schedule,
  brackets: [...schedule.brackets] as Schedule['brackets'][number][],
});

/** A price of a list, as its page tells it. */
export interface PriceOfList extends ListPrice {
  readonly currency: string;
}

/** What a list derives from, and how. */
export interface DerivationOfList {
  readonly list: List;
}

export const PriceList: PriceListResolvers = {
  __resolveReference: ({ id }, ctx) => ctx.loaders.priceLists.load(id),
  status: ({ activity }, _args, { clock }) => listStatus({ activity }, clock.now()),
  activity: ({ activity }) => activity && toWindow(activity),
  validity: ({ validity }) => validity && toWindow(validity),
  derivation: (list) => list.derivation && { list },
  async prices({ code, currency }, { first, after }, { db }) {
    const size = pageSize(first, DEFAULT_PAGE, MAX_PAGE);
    const behind = after == null ? null : readPlace(after);
    const rows = await findListPrices(db, code, behind, size + 1);
    const prices = rows.map((row): PriceOfList => ({ ...row, currency }));
    return toConnection(prices, size, placeCursor, behind !== null);
  },
};

const PriceDerivation: PriceDerivationResolvers = {
  async from({ list }, _args, { loaders }) {
    return (await loaders.priceLists.load(list.derivation!.parentId))!;
  },
  percentBasisPoints: ({ list }) => {
    const { adjustment } = list.derivation!;
    return adjustment.kind === 'PERCENT' ? adjustment.basisPoints : null;
  },
  amountMinor: ({ list }) => {
    const { adjustment } = list.derivation!;
    return adjustment.kind === 'AMOUNT' ? adjustment.minor : null;
  },
  margin: ({ list }) => {
    const { adjustment } = list.derivation!;
    if (adjustment.kind !== 'MARGIN') return null;
    const { basisPoints, taxBasisPoints, feeSchedule } = adjustment;
    return { basisPoints, taxBasisPoints, feeScheduleCode: feeSchedule };
  },
  rounding: ({ list }) => list.derivation!.rounding,
};

const ListPrice: ListPriceResolvers = {
  variant: ({ variantId }) => ({ id: variantId }),
  amount: ({ amount, currency }) => formatPrecise(amount, currency),
  amountMinor: ({ amount }) => amount.minor,
  amountMicros: ({ amount }) => amount.micros,
  since: ({ since }) => since.toISOString(),
};

export const listTypes = { PriceList, PriceDerivation, ListPrice };

const toWindow = ({ from, until }: Span) => ({
  from: from?.toISOString() ?? null,
  until: until?.toISOString() ?? null,
});

const toDate = (text: string | null | undefined): Date | null => (text == null ? null : new Date(text));

const toSpan = ({ from, until }: { from?: string | null | undefined; until?: string | null | undefined }): Span => ({
  from: toDate(from),
  until: toDate(until),
});

const toActivity = (input: {
  priceListCode: string;
  at?: string | null | undefined;
  expectedVersion?: number | null | undefined;
}): SetActivity => ({
  code: input.priceListCode,
  at: toDate(input.at),
  expectedVersion: input.expectedVersion ?? null,
});

/** @throws GraphQLError BAD_USER_INPUT when not exactly one way is named. */
function toDerivation({ from, rounding, ...how }: PriceDerivationInput): NonNullable<PriceListDraft['derivation']> {
  const adjustments: Adjustment[] = [];
  if (how.percentBasisPoints != null) adjustments.push({ kind: 'PERCENT', basisPoints: how.percentBasisPoints });
  if (how.amountMinor != null) adjustments.push({ kind: 'AMOUNT', minor: how.amountMinor });
  if (how.margin) {
    const { basisPoints, taxBasisPoints, feeScheduleCode } = how.margin;
    adjustments.push({
      kind: 'MARGIN',
      basisPoints,
      taxBasisPoints: taxBasisPoints ?? 0,
      feeSchedule: feeScheduleCode,
    });
  }
  const [adjustment] = adjustments;
  if (!adjustment || adjustments.length > 1)
    throw badInput('A list derives by a percentage, an amount or a margin, one of them.', ['input', 'derivation']);
  return { parentCode: from, adjustment, rounding: rounding ?? null };
}
