import type { PricingContext } from '../pricing-context.ts';
import type { Span } from '../lists/price-list.ts';
import type { CompiledPromotions, Rule } from './compile-promotions.ts';
import { hasHours, isWithinHours } from './hours.ts';
import { localTime, type LocalTime } from './local-time.ts';
import type { AmountByCurrency, Promotion, Refusal } from './promotion.ts';

/** What a context alone says of all promotions, whatever is in the cart. */
export interface ContextStanding {
  /** Aligned with the rules: why the promotion cannot apply here and now; null when it may. */
  readonly refusals: readonly (Refusal | null)[];
  /** Rules that may apply and change unit prices of whoever looks: without a code, and not counted by customer. */
  readonly shownRules: readonly Rule[];
}

/** The amount in a currency; null when none is given in it. */
export const amountIn = (amounts: AmountByCurrency, currency: string): number | null =>
  Object.hasOwn(amounts, currency) ? amounts[currency]! : null;

/** What a context says of all promotions; worked out once for each context. */
export function contextStanding(compiled: CompiledPromotions, context: PricingContext): ContextStanding {
  const known = compiled.standings.get(context);
  if (known) return known;
  const now = context.now.getTime();
  const zones = new Map<string, LocalTime>();
  const clockIn = (timeZone: string) => {
    const clock = zones.get(timeZone) ?? localTime(now, timeZone);
    zones.set(timeZone, clock);
    return clock;
  };
  const refusals = compiled.rules.map(({ promotion }) => refusalHere(promotion, context, now, clockIn));
  const shownRules = compiled.rules.filter(
    (rule) => refusals[rule.position] === null && rule.goods.length === 1 && isShown(rule.promotion),
  );
  const standing = { refusals, shownRules };
  compiled.standings.set(context, standing);
  return standing;
}

/** A page cannot know how often somebody used a promotion, or whether they ordered before: it does not show what the cart might refuse. */
const isShown = ({ effect, needsCode, limits, conditions }: Promotion) =>
  (effect.kind === 'PERCENT' || effect.kind === 'AMOUNT') &&
  !needsCode &&
  limits.maxUsesPerCustomer === null &&
  !conditions.firstOrder;

const isWithin = (span: Span, now: number) =>
  (span.from === null || span.from.getTime() <= now) && (span.until === null || now < span.until.getTime());

/** Empty lists say nothing. */
const isNamed = (names: readonly string[], name: string | null) =>
  names.length === 0 || (name !== null && names.includes(name));

function refusalHere(
  promotion: Promotion,
  { channel, country, currency, buyer }: PricingContext,
  now: number,
  clockIn: (timeZone: string) => LocalTime,
): Refusal | null {
  const { activity, validity, conditions, limits } = promotion;
  if (activity === null || !isWithin(activity, now)) return 'NOT_ACTIVE';
  if (validity !== null && !isWithin(validity, now)) return 'OUTSIDE_WINDOW';
  if (hasHours(conditions) && !isWithinHours(conditions, clockIn(conditions.timeZone))) return 'OUTSIDE_HOURS';
  if (!isNamed(conditions.channels, channel)) return 'OTHER_CHANNEL';
  if (!isNamed(conditions.countries, country)) return 'OTHER_COUNTRY';
  if (!isNamed(conditions.companyIds, buyer.companyId)) return 'OTHER_COMPANY';
  const { groups } = conditions;
  if (groups.length > 0 && !buyer.groups.some((group) => groups.includes(group))) return 'OTHER_GROUP';
  if (!isGivenIn(promotion, currency)) return 'OTHER_CURRENCY';
  // Which of the two it was is known to the counters alone; a promotion mostly has one of them.
  if (promotion.isExhausted) return limits.budget && limits.maxUses === null ? 'BUDGET_SPENT' : 'LIMIT_REACHED';
  return null;
}

function isGivenIn({ effect, conditions, limits }: Promotion, currency: string): boolean {
  if (limits.budget && limits.budget.currency !== currency) return false;
  if (conditions.minSubtotal && amountIn(conditions.minSubtotal, currency) === null) return false;
  switch (effect.kind) {
    case 'AMOUNT':
    case 'CART_AMOUNT':
      return amountIn(effect.off, currency) !== null;
    case 'BUNDLE':
      return amountIn(effect.price, currency) !== null;
    case 'PERCENT':
    case 'BUY_GET':
    case 'GIFT':
    case 'CART_PERCENT':
    case 'FREE_SHIPPING':
      return true;
  }
}
