import { createHash, randomInt } from 'node:crypto';
import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { idempotencyKeyReused, invalidInput, notFound } from '@kontor/kit/src/errors.ts';
import {
  type CodeLimits,
  countBatch,
  disableCodes,
  insertBatch,
  writeCodes,
} from '../../data/promotions/promotion-codes.ts';
import { type CountedPromotion, lockPromotion } from '../../data/promotions/promotions.ts';
import { isCode, normalCode } from '../../domain/quote/quote-codes.ts';

export interface RejectedCode {
  readonly index: number;
  readonly reason: 'INVALID_CODE' | 'CODE_TAKEN';
}

export type CodesOutcome =
  | {
      readonly __typename: 'PromotionCodesSaved';
      readonly promotion: CountedPromotion;
      readonly savedCount: number;
      readonly rejected: RejectedCode[];
    }
  | ReturnType<typeof notFound>
  | ReturnType<typeof invalidInput>;

export type GenerateOutcome =
  | {
      readonly __typename: 'PromotionCodesGenerated';
      readonly promotion: CountedPromotion;
      readonly batchId: string;
      readonly count: number;
    }
  | ReturnType<typeof notFound | typeof invalidInput | typeof idempotencyKeyReused>;

const MAX_CODES = 1_000;
const MAX_GENERATED = 10_000;
/** Crockford's digits: none looks like another. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LEAST_LENGTH = 8;
const MOST_LENGTH = 24;

const limitsFault = ({ maxUses, maxUsesPerCustomer }: CodeLimits) =>
  [maxUses, maxUsesPerCustomer].every((limit) => limit === null || limit >= 1)
    ? null
    : invalidInput('INVALID_LIMIT', 'A limit is 1 or more.', ['input', 'maxUses']);

const unknown = (code: string) => notFound(`There is no promotion "${code}".`, ['input', 'promotionCode']);

/** Gives a promotion codes of these names; those that another promotion has are rejected. Repeating it changes nothing. */
export async function setCodes(
  db: Database,
  { promotionCode, codes, ...limits }: { promotionCode: string; codes: readonly string[] } & CodeLimits,
): Promise<CodesOutcome> {
  if (codes.length > MAX_CODES)
    return invalidInput('TOO_MANY', `At most ${MAX_CODES} codes a call.`, ['input', 'codes']);
  const fault = limitsFault(limits);
  if (fault) return fault;
  return inTransaction(db, async (tx): Promise<CodesOutcome> => {
    const promotion = await lockPromotion(tx, promotionCode);
    if (!promotion) return unknown(promotionCode);
    const normal = codes.map(normalCode);
    const saved = await writeCodes(tx, promotion.id, [...new Set(normal.filter(isCode))], limits);
    const rejected = normal.flatMap((code, index): RejectedCode[] => {
      if (!isCode(code)) return [{ index, reason: 'INVALID_CODE' }];
      return saved.has(code) ? [] : [{ index, reason: 'CODE_TAKEN' }];
    });
    return { __typename: 'PromotionCodesSaved', promotion, savedCount: saved.size, rejected };
  });
}

/** What is to be made up. */
export interface GenerateCodes extends CodeLimits {
  readonly promotionCode: string;
  readonly count: number;
  readonly prefix: string;
  readonly length: number;
  readonly idempotencyKey: string;
}

/** Makes up codes that cannot be guessed, as one batch; repeating it with the same key answers the same batch. */
export async function generateCodes(db: Database, wanted: GenerateCodes): Promise<GenerateOutcome> {
  const { promotionCode, count, prefix, length, idempotencyKey } = wanted;
  if (count < 1 || count > MAX_GENERATED)
    return invalidInput('TOO_MANY', `From 1 to ${MAX_GENERATED} codes a call.`, ['input', 'count']);
  if (length < LEAST_LENGTH || length > MOST_LENGTH)
    return invalidInput(
      'INVALID_LENGTH',
      `From ${LEAST_LENGTH} to ${MOST_LENGTH} characters: shorter ones can be guessed.`,
      ['input', 'length'],
    );
  const start = normalCode(prefix);
  if (start !== '' && !/^[A-Z0-9][A-Z0-9_-]{0,31}$/.test(start))
    return invalidInput('INVALID_CODE', 'A prefix has up to 32 letters, digits, - and _.', ['input', 'prefix']);
  const fault = limitsFault(wanted);
  if (fault) return fault;
  const batchId = batchIdOf(promotionCode, idempotencyKey);
  return inTransaction(db, async (tx): Promise<GenerateOutcome> => {
    const promotion = await lockPromotion(tx, promotionCode);
    if (!promotion) return unknown(promotionCode);
    const known = await countBatch(tx, promotion.id, batchId);
    if (known > 0 && known !== count) return idempotencyKeyReused();
    // What happens to be taken is made up again.
    for (let missing = count - known; missing > 0;)
      missing -= await insertBatch(tx, promotion.id, batchId, made(missing, start, length), wanted);
    return { __typename: 'PromotionCodesGenerated', promotion, batchId, count };
  });
}

function made(count: number, prefix: string, length: number): string[] {
  const codes = new Set<string>();
  while (codes.size < count)
    codes.add(prefix + Array.from({ length }, () => DIGITS[randomInt(DIGITS.length)]).join(''));
  return [...codes];
}

/** The same for the same key: a UUID of its digest (RFC 9562, version 8). */
function batchIdOf(promotionCode: string, idempotencyKey: string): string {
  const bytes = createHash('sha256')
    .update(JSON.stringify([promotionCode, idempotencyKey]))
    .digest()
    .subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Ends codes for good. @returns how many were usable until now; a refusal when too many are named */
export async function endCodes(
  db: Database,
  codes: readonly string[],
): Promise<
  { readonly __typename: 'PromotionCodesDisabled'; readonly disabledCount: number } | ReturnType<typeof invalidInput>
> {
  if (codes.length > MAX_CODES)
    return invalidInput('TOO_MANY', `At most ${MAX_CODES} codes a call.`, ['input', 'codes']);
  const usable = codes.map(normalCode).filter(isCode);
  const disabledCount = await inTransaction(db, (tx) => disableCodes(tx, usable));
  return { __typename: 'PromotionCodesDisabled', disabledCount };
}
