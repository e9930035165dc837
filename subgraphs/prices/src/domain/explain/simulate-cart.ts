import type { Candidate, PriceList, Span } from '../lists/price-list.ts';
import type { PricesFound } from '../prices-found.ts';
import { compilePromotions } from '../promotions/compile-promotions.ts';
import type { Promotion } from '../promotions/promotion.ts';

/** What is simulated: a list with what it holds for each variant, a promotion, or both. */
export interface Draft {
  readonly list: ReadonlyMap<string, Candidate>;
  readonly promotion: Promotion | null;
}

const ALWAYS: Span = { from: null, until: null };

/** What would be found if the draft were in force: in the place of what it would push out, for whom it was made. */
export function withDraft(found: PricesFound, { list, promotion }: Draft): PricesFound {
  const byVariant = new Map(found.byVariant);
  for (const [variantId, candidate] of list) {
    const active = { ...candidate.list, activity: ALWAYS, validity: candidate.list.validity && ALWAYS };
    const drafted = { ...candidate, list: active, chain: [active, ...candidate.chain.slice(1)] };
    const others = (found.byVariant.get(variantId) ?? []).filter((each) => !isInPlaceOf(each.list, active));
    byVariant.set(variantId, [...others, drafted]);
  }
  if (!promotion) return { ...found, byVariant };
  const others = found.engine.promotions.rules.flatMap(({ promotion: each }) =>
    each.id === promotion.id ? [] : [each],
  );
  // Everybody knows the code, and nobody has used it.
  const active = { ...promotion, activity: ALWAYS, validity: null, needsCode: false, isExhausted: false };
  const promotions = compilePromotions([...others, active]);
  return { ...found, byVariant, engine: { ...found.engine, promotions } };
}

/** Whether two lists cannot be in force at once: they are the same, or for the same whom, where and kind of dates. */
const isInPlaceOf = (one: PriceList, other: PriceList): boolean =>
  one.id === other.id ||
  (one.scope === other.scope &&
    one.subject === other.subject &&
    one.channel === other.channel &&
    one.currency === other.currency &&
    (one.validity === null) === (other.validity === null));
