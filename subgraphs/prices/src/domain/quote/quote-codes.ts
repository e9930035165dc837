import type { AppliedPromotion, PromotionTrial } from '../promotions/promotion-cart.ts';
import type { Refusal } from '../promotions/promotion.ts';
import type { QuotedCode } from './quote.ts';

/** What is kept of a code that was entered: the promotion that it is for, or why it cannot be used. */
export type CodeStanding = { readonly promotionId: string } | { readonly refusal: Refusal };

/** How a code is compared: upper case, without the space that copying leaves around it. */
export const normalCode = (code: string): string => code.trim().toUpperCase();

/** Whether there can be a code like this, as it is compared. */
export const isCode = (code: string): boolean => /^[A-Z0-9][A-Z0-9_-]{2,63}$/.test(code);

/** The codes that may be used, with the promotion of each: what promotions are tried with. */
export function usableCodes(standing: ReadonlyMap<string, CodeStanding>): Map<string, { promotionId: string }> {
  const usable = new Map<string, { promotionId: string }>();
  for (const [code, found] of standing)
    if ('promotionId' in found) usable.set(code, { promotionId: found.promotionId });
  return usable;
}

/**
 * What became of each code, aligned with what was entered. A code of a draft, or of a promotion that is over or yet to come, is told to be
 * unknown: who tries codes must not learn what is planned.
 */
export function quotedCodes(
  entered: readonly string[],
  standing: ReadonlyMap<string, CodeStanding>,
  outcome: { readonly applied: readonly AppliedPromotion[]; readonly trials: readonly PromotionTrial[] },
): QuotedCode[] {
  return entered.map((code) => {
    const found = standing.get(normalCode(code));
    if (!found) return { code, status: 'CODE_UNKNOWN' };
    const status = 'refusal' in found ? found.refusal : becameOf(normalCode(code), found.promotionId, outcome);
    return { code, status: status === 'NOT_ACTIVE' ? 'CODE_UNKNOWN' : status };
  });
}

function becameOf(
  code: string,
  promotionId: string,
  { applied, trials }: Parameters<typeof quotedCodes>[2],
): QuotedCode['status'] {
  const used = applied.find(({ promotion }) => promotion.id === promotionId);
  // A promotion is used once: another of its codes adds nothing.
  if (used) return used.code === code ? 'APPLIED' : 'NOT_COMBINABLE';
  const trial = trials.find(({ promotion }) => promotion.id === promotionId);
  return trial ? (trial.refusal ?? 'NO_EFFECT') : 'NOT_ACTIVE';
}
