import { decodeCursor, encodeCursor, pageSize, toConnection } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { money } from '@kontor/kit/src/money.ts';
import { endCodes, generateCodes, setCodes } from '../commands/promotions/set-codes.ts';
import {
  activatePromotion,
  archivePromotion,
  setPromotion,
  type SetPromotionActivity,
} from '../commands/promotions/set-promotion.ts';
import { findCodes } from '../data/promotions/promotion-codes.ts';
import { findPromotion, findPromotionsPage } from '../data/promotions/promotions.ts';
import { listStatus } from '../domain/lists/list-status.ts';
import type { Span } from '../domain/lists/price-list.ts';
import { classOf } from '../domain/promotions/compile-promotions.ts';
import { normalTarget } from '../domain/promotions/promotion-input.ts';
import type {
  AmountByCurrency,
  GoodsTarget,
  PromotionConditions,
  PromotionEffect,
} from '../domain/promotions/promotion.ts';
import type {
  GoodsTargetInput,
  MoneyInput,
  MutationResolvers,
  PromotionConditionsInput,
  PromotionEffectInput,
  PromotionResolvers,
  QueryResolvers,
} from '../generated/schema.ts';

const DEFAULT_PAGE = 50;
const MAX_PAGE = 200;
const MAX_CODES_PAGE = 1_000;
const DEFAULT_LENGTH = 12;

export const promotionQueries: Pick<QueryResolvers, 'promotions' | 'promotion'> = {
  async promotions(_, { first, after }, { db }) {
    const size = pageSize(first, DEFAULT_PAGE, MAX_PAGE);
    const found = await findPromotionsPage(db.orm, readPlace(after), size + 1);
    return toConnection(found, size, ({ code }) => encodeCursor([code]), after != null);
  },
  promotion: (_, { code }, { db }) => findPromotion(db.orm, code),
};

export const promotionMutations: Pick<
  MutationResolvers,
  | 'promotionSet'
  | 'promotionActivate'
  | 'promotionArchive'
  | 'promotionCodesSet'
  | 'promotionCodesGenerate'
  | 'promotionCodesDisable'
> = {
  promotionSet(_, { input }, { db }) {
    const { promotionCode, name, effect, priority, combinesWith, needsCode, isDraft, expectedVersion } = input;
    const draft = {
      code: promotionCode,
      name,
      priority: priority ?? 0,
      combinesWith: [...new Set(combinesWith ?? [])].sort(),
      effect: toEffect(effect),
      conditions: toConditions(input.conditions ?? {}),
      validity: input.validity ? toSpan(input.validity) : null,
      needsCode: needsCode ?? false,
      limits: {
        maxUses: input.maxUses ?? null,
        maxUsesPerCustomer: input.maxUsesPerCustomer ?? null,
        budget: input.budget ? { minor: input.budget.minorUnits, currency: input.budget.currency } : null,
      },
    };
    return setPromotion(db, { draft, isDraft: isDraft ?? false, expectedVersion: expectedVersion ?? null });
  },
  promotionActivate: (_, { input }, { db }) => activatePromotion(db, toActivity(input)),
  promotionArchive: (_, { input }, { db }) => archivePromotion(db, toActivity(input)),
  promotionCodesSet: (_, { input: { promotionCode, codes, maxUses, maxUsesPerCustomer } }, { db }) =>
    setCodes(db, {
      ...{ promotionCode, codes },
      maxUses: maxUses ?? null,
      maxUsesPerCustomer: maxUsesPerCustomer ?? null,
    }),
  promotionCodesGenerate: (_, { input }, { db }) =>
    generateCodes(db, {
      promotionCode: input.promotionCode,
      count: input.count,
      prefix: input.prefix ?? '',
      length: input.length ?? DEFAULT_LENGTH,
      maxUses: input.maxUses ?? null,
      maxUsesPerCustomer: input.maxUsesPerCustomer ?? null,
      idempotencyKey: input.idempotencyKey,
    }),
  promotionCodesDisable: (_, { input: { codes } }, { db }) => endCodes(db, codes),
};

export const Promotion: PromotionResolvers = {
  kind: ({ effect }) => effect.kind,
  class: ({ effect }) => classOf(effect),
  status: ({ activity }, _args, { clock }) => listStatus({ activity }, clock.now()),
  activity: ({ activity }) => activity && toWindow(activity),
  validity: ({ validity }) => validity && toWindow(validity),
  definition: ({ effect, conditions }) => ({ effect, conditions }),
  combinesWith: ({ combinesWith }) => [...combinesWith],
  maxUses: ({ limits }) => limits.maxUses,
  maxUsesPerCustomer: ({ limits }) => limits.maxUsesPerCustomer,
  budget: ({ limits: { budget } }) => budget && money(budget.minor, budget.currency),
  budgetHeld: ({ limits: { budget }, budgetHeldMinor }) => budget && money(budgetHeldMinor, budget.currency),
  budgetSpent: ({ limits: { budget }, budgetSpentMinor }) => budget && money(budgetSpentMinor, budget.currency),
  async codes({ id }, { first, after, batchId }, { db }) {
    const size = pageSize(first, DEFAULT_PAGE, MAX_CODES_PAGE);
    if (batchId != null && !isId(batchId)) throw badInput('This is not the id of a batch.', ['batchId']);
    const wanted = { batchId: batchId ?? null, after: readPlace(after), limit: size + 1 };
    const found = await findCodes(db.orm, id, wanted);
    return toConnection(found, size, ({ code }) => encodeCursor([code]), after != null);
  },
};

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
  promotionCode: string;
  at?: string | null | undefined;
  expectedVersion?: number | null | undefined;
}): SetPromotionActivity => ({
  code: input.promotionCode,
  at: toDate(input.at),
  expectedVersion: input.expectedVersion ?? null,
});

const toTarget = (input: GoodsTargetInput | null | undefined): GoodsTarget => {
  const named = (names: Omit<GoodsTargetInput, 'exclude'> | null | undefined) => ({
    variantIds: names?.variantIds ?? [],
    productIds: names?.productIds ?? [],
    categoryIds: names?.categoryIds ?? [],
    labels: names?.labels ?? [],
  });
  return normalTarget({ ...named(input), exclude: named(input?.exclude) });
};

const toAmounts = (amounts: readonly MoneyInput[]): AmountByCurrency =>
  Object.fromEntries(amounts.map(({ currency, minorUnits }) => [currency, minorUnits]));

/** @throws GraphQLError BAD_USER_INPUT when not exactly one effect is named. */
function toEffect(input: PromotionEffectInput): PromotionEffect {
  const effects: PromotionEffect[] = [];
  const { percent, amount, buyGet, bundle, gift, cartPercent, cartAmount, freeShipping } = input;
  if (percent) effects.push({ kind: 'PERCENT', target: toTarget(percent.target), basisPoints: percent.basisPoints });
  if (amount) effects.push({ kind: 'AMOUNT', target: toTarget(amount.target), off: toAmounts(amount.off) });
  if (buyGet)
    effects.push({
      kind: 'BUY_GET',
      buy: toTarget(buyGet.buy),
      buyQuantity: buyGet.buyQuantity,
      get: toTarget(buyGet.get ?? buyGet.buy),
      getQuantity: buyGet.getQuantity,
      basisPoints: buyGet.basisPoints ?? 10_000,
      maxTimes: buyGet.maxTimes ?? null,
    });
  if (bundle)
    effects.push({
      kind: 'BUNDLE',
      parts: bundle.parts.map(({ target, quantity }) => ({ target: toTarget(target), quantity: quantity ?? 1 })),
      price: toAmounts(bundle.price),
      maxTimes: bundle.maxTimes ?? null,
    });
  if (gift) effects.push({ kind: 'GIFT', variantId: gift.variantId.toLowerCase(), quantity: gift.quantity ?? 1 });
  if (cartPercent)
    effects.push({ kind: 'CART_PERCENT', target: toTarget(cartPercent.target), basisPoints: cartPercent.basisPoints });
  if (cartAmount)
    effects.push({ kind: 'CART_AMOUNT', target: toTarget(cartAmount.target), off: toAmounts(cartAmount.off) });
  if (freeShipping) effects.push({ kind: 'FREE_SHIPPING', optionCodes: [...new Set(freeShipping.optionCodes ?? [])] });
  const [effect] = effects;
  if (effect && effects.length === 1) return effect;
  throw badInput('A promotion has one effect.', ['input', 'effect']);
}

const toConditions = (input: PromotionConditionsInput): PromotionConditions => ({
  channels: [...new Set(input.channels ?? [])],
  groups: [...new Set(input.groups ?? [])],
  companyIds: [...new Set((input.companyIds ?? []).map((id) => id.toLowerCase()))],
  countries: [...new Set(input.countries ?? [])],
  minQuantity: input.minQuantity ?? null,
  counting: input.counting ? toTarget(input.counting) : null,
  minSubtotal: input.minSubtotal ? toAmounts(input.minSubtotal) : null,
  firstOrder: input.firstOrder ?? false,
  daysOfWeek: [...new Set(input.daysOfWeek ?? [])].sort((one, other) => one - other),
  fromMinute: input.fromMinute ?? null,
  untilMinute: input.untilMinute ?? null,
  timeZone: input.timeZone ?? 'UTC',
});

/** The code behind which a page begins. */
function readPlace(cursor: string | null | undefined): string {
  if (cursor == null) return '';
  const [code] = decodeCursor(cursor, 1);
  if (typeof code === 'string' && !code.includes('\0')) return code;
  throw badInput('This cursor is not one that this list gave out. Begin without a cursor.', ['after']);
}
