import { badInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { lessPrecise } from '../domain/amounts/precise.ts';
import { type ExplainedCandidate, explainCandidates } from '../domain/explain/explain-candidates.ts';
import { type PriceStep, promotionStep, taxSteps } from '../domain/explain/price-step.ts';
import type { PricesFound } from '../domain/prices-found.ts';
import type { PriceScope } from '../domain/pricing-context.ts';
import { applyPromotions } from '../domain/promotions/apply-promotions.ts';
import type { PromotionLine, PromotionTrial } from '../domain/promotions/promotion-cart.ts';
import { unitPromotions } from '../domain/promotions/unit-promotions.ts';
import type { TaxRates } from '../domain/taxes/tax-provider.ts';
import { unitPriceOf, type UnitPrice } from '../domain/unit-price.ts';
import { type PastSource, readPast, taxCategoryOf, taxesOf } from './read-past.ts';

const MAX_CANDIDATES = 200;
const MAX_QUANTITY = 10_000;

/** What is to be explained. */
export interface PriceQuestion {
  readonly scope: PriceScope;
  readonly variantId: string;
  readonly quantity: number;
  /** Microseconds since the epoch; null for now. */
  readonly moment: number | null;
}

/** How a price came about: a promotion that counts uses or orders of a customer, or needs a code, is a matter of carts and refused here. */
export interface PriceExplanation {
  readonly asOf: Date;
  readonly revision: string;
  readonly currency: string;
  readonly country: string;
  readonly price: UnitPrice | null;
  readonly candidates: readonly ExplainedCandidate[];
  /** Lists that hold something for the variant and are not told. */
  readonly omittedCount: number;
  readonly promotions: readonly PromotionTrial[];
  readonly steps: readonly PriceStep[];
}

/**
 * Explains what a unit of a variant costs in a scope when so many are bought, now or at a moment of the past: by the same rules that made the
 * price, out of what they were given then.
 * @returns null when the channel is not known here.
 * @throws GraphQLError BAD_USER_INPUT for an id that is none, a quantity out of bounds, a moment that is not past.
 */
export async function explainPrice(source: PastSource, question: PriceQuestion): Promise<PriceExplanation | null> {
  const { scope, quantity } = question;
  if (!isId(question.variantId)) throw badInput('This is not the id of a variant.', ['input', 'variantId']);
  if (quantity < 1 || quantity > MAX_QUANTITY)
    throw badInput(`A quantity is from 1 to ${MAX_QUANTITY}.`, ['input', 'quantity']);
  const variantId = question.variantId.toLowerCase();
  const options = { from: (now: number) => question.moment ?? now, allLists: true };
  const past = await readPast(source, scope, [variantId], options);
  if (!past) return null;
  const moment = question.moment ?? past.now;
  if (moment > past.now) throw badInput('What a price will be cannot be explained yet.', ['input', 'at']);
  const found = past.at(moment);
  const taxes = moment === past.now ? past.taxes : taxesOf(found);
  return { ...explainFound(found, variantId, quantity, taxes), revision: String(moment) };
}

function explainFound(
  found: PricesFound,
  variantId: string,
  quantity: number,
  taxes: TaxRates,
): Omit<PriceExplanation, 'revision'> {
  const { context, engine } = found;
  const taxCategory = taxCategoryOf(found, variantId);
  const taxBasisPoints = taxes.basisPointsOf(taxCategory);
  const asked = { context, quantity, taxBasisPoints, feeSchedules: engine.feeSchedules };
  const { selected, candidates } = explainCandidates(found.byVariant.get(variantId) ?? [], asked);
  const price = unitPriceOf(found, variantId, quantity, taxes);
  const told = {
    asOf: context.now,
    currency: context.currency,
    country: context.country,
    price,
    candidates: candidates.slice(0, MAX_CANDIDATES),
    omittedCount: Math.max(0, candidates.length - MAX_CANDIDATES),
  };
  if (!selected || !price) return { ...told, promotions: [], steps: [] };

  const { taxIncluded } = selected.list;
  const facts = found.facts.get(variantId) ?? null;
  const line: PromotionLine = { variantId, quantity, unit: selected.amount, taxIncluded, taxBasisPoints, facts };
  const cart = { context, lines: [line], codes: new Map(), usedUpByCustomer: new Set<string>(), orderCount: null };
  const { trials } = applyPromotions(engine.promotions, { ...cart, shipping: null });
  const promoted = unitPromotions(engine.promotions, line, context);
  const steps: PriceStep[] = [...candidates.find(({ reason }) => reason === null)!.derivation];
  let unit = selected.amount;
  for (const { promotion, amountPerUnit } of promoted.applied) {
    const after = lessPrecise(unit, amountPerUnit);
    steps.push(promotionStep(promotion.name, unit, amountPerUnit, after, context.currency));
    unit = after;
  }
  const tax = { taxIncluded, basisPoints: taxBasisPoints, taxCategory, isExempt: context.isExempt };
  steps.push(...taxSteps(unit, price, { ...tax, country: context.country, region: context.region }));
  return { ...told, promotions: trials, steps };
}
