import { newId } from '@kontor/kit/src/ids.ts';
import { describe, expect, it } from 'vitest';
import { completed, faultOf, isReason, operationText, type StockOperation } from './stock-operation.ts';

const operation = (given: Partial<StockOperation>): StockOperation => ({
  kind: 'RECEIVE',
  variantId: newId(),
  locationId: newId(),
  quantity: 1,
  expectedQuantity: null,
  state: null,
  reason: null,
  idempotencyKey: 'key',
  ...given,
});

describe('faultOf', () => {
  it.each([
    [{ kind: 'RECEIVE', quantity: 1_000_000 }],
    [{ kind: 'RETURN', state: 'INSPECTION' }],
    [{ kind: 'DAMAGE', reason: 'fell' }],
    [{ kind: 'INSPECT', state: 'DAMAGED' }],
    [{ kind: 'COUNT', quantity: 0, expectedQuantity: -1 }],
    [{ kind: 'SAFETY', quantity: 0, expectedQuantity: 3 }],
    [{ kind: 'ADJUST', quantity: -1_000_000, reason: '✂︎ Ausschuss' }],
    [{ kind: 'WRITE_OFF', reason: 'x'.repeat(200) }],
  ] as const)('takes %j', (given) => {
    expect(faultOf(operation(given))).toBeNull();
  });

  it.each([
    [{ quantity: 0 }, 'INVALID_QUANTITY'],
    [{ quantity: 0.5 }, 'INVALID_QUANTITY'],
    [{ quantity: 1_000_001 }, 'INVALID_QUANTITY'],
    [{ kind: 'COUNT', quantity: -1 }, 'INVALID_QUANTITY'],
    [{ kind: 'ADJUST', quantity: 0, reason: 'why' }, 'INVALID_QUANTITY'],
    [{ kind: 'ADJUST', quantity: -1_000_001, reason: 'why' }, 'INVALID_QUANTITY'],
    [{ kind: 'ADJUST' }, 'INVALID_REASON'],
    [{ kind: 'WRITE_OFF' }, 'INVALID_REASON'],
    [{ reason: '' }, 'INVALID_REASON'],
    [{ expectedQuantity: 1 }, 'INVALID_EXPECTED_QUANTITY'],
    [{ kind: 'ADJUST', reason: 'why', expectedQuantity: 1 }, 'INVALID_EXPECTED_QUANTITY'],
    [{ state: 'AVAILABLE' }, 'INVALID_STATE'],
    [{ kind: 'RETURN' }, 'INVALID_STATE'],
    [{ kind: 'RETURN', state: 'SAFETY' }, 'INVALID_STATE'],
    [{ kind: 'INSPECT', state: 'INSPECTION' }, 'INVALID_STATE'],
    [{ idempotencyKey: 'a\u0000' }, 'INVALID_IDEMPOTENCY_KEY'],
  ] as const)('refuses %j as %s', (given, code) => {
    expect(faultOf(operation(given))).toMatchObject({ code });
  });
});

describe('isReason', () => {
  it('takes 1 to 200 printable characters, counted as characters', () => {
    for (const text of ['x', 'Bruch beim Umräumen', '👨‍👩‍👧', '🍊'.repeat(200)]) expect(isReason(text)).toBe(true);
    for (const text of ['', ' ', '\t', 'a\nb', 'a\u2028b', '\ud800', 'x'.repeat(201), '\u0000'])
      expect(isReason(text)).toBe(false);
  });
});

describe('operationText', () => {
  it('is the same for two spellings of one operation, and another for any other', () => {
    const given = operation({ kind: 'ADJUST', reason: 'why' });
    const text = operationText(completed(given));
    expect(
      operationText(
        completed({ ...given, state: 'AVAILABLE', variantId: given.variantId.toUpperCase(), idempotencyKey: 'other' }),
      ),
    ).toBe(text);
    for (const other of [{ quantity: 2 }, { state: 'SAFETY' }, { reason: 'else' }, { kind: 'RECEIVE' }] as const)
      expect(operationText(completed({ ...given, ...other }))).not.toBe(text);
  });
});
