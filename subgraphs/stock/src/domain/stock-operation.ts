import { isKey } from './texts.ts';

/** What staff and integrations do with the stock of a variant at a location. */
export type StockOperationKind =
  'RECEIVE' | 'ADJUST' | 'COUNT' | 'RETURN' | 'DAMAGE' | 'INSPECT' | 'SAFETY' | 'WRITE_OFF';

/** States that people move units between; the others belong to orders and transfers. */
export type PhysicalState = 'AVAILABLE' | 'SAFETY' | 'DAMAGED' | 'INSPECTION';

/** One operation on a level. */
export interface StockOperation {
  readonly kind: StockOperationKind;
  readonly variantId: string;
  readonly locationId: string;
  /** Units that move; ADJUST has a sign, COUNT and SAFETY say what shall be there afterwards. */
  readonly quantity: number;
  /** COUNT and SAFETY: what the caller believes to be there; null when that does not matter. */
  readonly expectedQuantity: number | null;
  /** RETURN and INSPECT: where the units go. ADJUST: the state that changes, AVAILABLE when null. */
  readonly state: PhysicalState | null;
  readonly reason: string | null;
  readonly idempotencyKey: string;
}

/** A rule that an input breaks. */
export interface OperationFault {
  readonly code: string;
  readonly message: string;
  readonly field: 'quantity' | 'expectedQuantity' | 'state' | 'reason' | 'idempotencyKey';
}

/** Units that one operation moves at most. */
export const MAX_UNITS = 1_000_000;

interface Rule {
  /** The least quantity; ADJUST takes any but 0. */
  readonly least: number;
  /** States that may be named; none when the operation knows by itself. */
  readonly states?: readonly PhysicalState[];
  /** Taken when no state is named; without one it must be. */
  readonly state?: PhysicalState;
  readonly needsReason?: true;
  readonly takesExpected?: true;
}

const RULES: Readonly<Record<StockOperationKind, Rule>> = {
  RECEIVE: { least: 1 },
  ADJUST: {
    least: -MAX_UNITS,
    states: ['AVAILABLE', 'SAFETY', 'DAMAGED', 'INSPECTION'],
    state: 'AVAILABLE',
    needsReason: true,
  },
  COUNT: { least: 0, takesExpected: true },
  RETURN: { least: 1, states: ['AVAILABLE', 'INSPECTION', 'DAMAGED'] },
  DAMAGE: { least: 1 },
  INSPECT: { least: 1, states: ['AVAILABLE', 'DAMAGED'] },
  SAFETY: { least: 0, takesExpected: true },
  WRITE_OFF: { least: 1, needsReason: true },
};

/** The first rule that an operation breaks, ids aside; null when it can be tried. */
export function faultOf({
  kind,
  quantity,
  expectedQuantity,
  state,
  reason,
  idempotencyKey,
}: StockOperation): OperationFault | null {
  const { least, states = [], state: usual, needsReason, takesExpected } = RULES[kind];
  if (!isKey(idempotencyKey)) return KEY_FAULT;
  if (!Number.isInteger(quantity) || quantity < least || quantity > MAX_UNITS)
    return fault('quantity', `must be from ${least} to ${MAX_UNITS}, not ${quantity}.`);
  if (kind === 'ADJUST' && quantity === 0) return fault('quantity', 'must not be 0.');
  if (expectedQuantity !== null && !takesExpected)
    return fault('expectedQuantity', 'belongs to a count or to safety stock only.');
  if (state === null ? states.length > 0 && !usual : !states.includes(state))
    return fault('state', states.length > 0 ? `must be one of ${states.join(', ')}.` : `does not belong to ${kind}.`);
  if (reason === null ? needsReason : !isReason(reason))
    return fault('reason', 'takes 1 to 200 printable characters, not only spaces.');
  return null;
}

/** The refusal of a key that is none. */
export const KEY_FAULT: OperationFault = {
  code: 'INVALID_IDEMPOTENCY_KEY',
  message: 'An idempotency key has 1 to 200 characters.',
  field: 'idempotencyKey',
};

/**
 * An operation as it is done: ids as PostgreSQL writes them, so that two spellings are one variant, and the state that is meant.
 */
export function completed(operation: StockOperation): StockOperation {
  return {
    ...operation,
    variantId: operation.variantId.toLowerCase(),
    locationId: operation.locationId.toLowerCase(),
    state: operation.state ?? RULES[operation.kind].state ?? null,
  };
}

/** What two operations with one key must have in common to be the same operation. */
export const operationText = (operation: StockOperation): string =>
  JSON.stringify([
    operation.kind,
    operation.variantId,
    operation.locationId,
    operation.quantity,
    operation.expectedQuantity,
    operation.state,
    operation.reason,
  ]);

/** Printable: no control characters, no broken surrogates, no line separators. */
const REASON = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{1,200}$/u;

/** Whether a text says why: 1 to 200 printable characters, not only spaces. */
export const isReason = (text: string): boolean => REASON.test(text) && text.trim() !== '';

const CODES = {
  quantity: 'QUANTITY',
  expectedQuantity: 'EXPECTED_QUANTITY',
  state: 'STATE',
  reason: 'REASON',
} as const;

const fault = (field: keyof typeof CODES, rule: string): OperationFault => ({
  code: `INVALID_${CODES[field]}`,
  message: `${field} ${rule}`,
  field,
});
