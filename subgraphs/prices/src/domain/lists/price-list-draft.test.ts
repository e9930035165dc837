import { newId } from '@kontor/kit/src/ids.ts';
import { describe, expect, test } from 'vitest';
import { derivedDraft, listDraft } from '../../testing/list-drafts.ts';
import type { Adjustment, PriceListScope, PriceRounding } from './price-list.ts';
import { type PriceListDraft, priceListFault } from './price-list-draft.ts';

const faultOf = (draft: PriceListDraft) => {
  const fault = priceListFault(draft);
  return fault && `${fault.code} ${fault.path.join('.')}`;
};

describe('a price list', () => {
  test.each(['a', '0', 'base-eur', 'a'.repeat(64)])('may be called %j', (code) => {
    expect(faultOf(listDraft(code))).toBeNull();
  });

  test.each(['', 'Base', 'base eur', '-a', 'a-', 'ä', 'a\0', '__proto__', 'a'.repeat(65)])(
    'may not be called %j',
    (code) => expect(faultOf(listDraft(code))).toBe('INVALID_CODE input.code'),
  );

  test.each(['', ' ', 'a\0', 'x'.repeat(201)])('has no name such as %j', (name) => {
    expect(faultOf(listDraft('list', { name }))).toBe('INVALID_NAME input.name');
  });

  test.each(['', 'eur', 'XYZ', 'EURO'])('is in no currency such as %j', (currency) => {
    expect(faultOf(listDraft('list', { currency }))).toBe('UNKNOWN_CURRENCY input.currency');
  });

  const id = newId();
  test.each<[PriceListScope, string | null, string | null, string | null]>([
    ['BASE', null, null, null],
    ['BASE', null, 'web', 'INVALID_CHANNEL input.channel'],
    ['BASE', 'gold', null, 'INVALID_SUBJECT input.subject'],
    ['SOURCE', null, null, null],
    ['SOURCE', 'list', null, null],
    ['SOURCE', 'other', null, 'INVALID_SUBJECT input.subject'],
    ['SOURCE', null, 'web', 'INVALID_CHANNEL input.channel'],
    ['CHANNEL', null, 'web', null],
    ['CHANNEL', null, null, 'INVALID_CHANNEL input.channel'],
    ['CHANNEL', null, '', 'INVALID_CHANNEL input.channel'],
    ['CHANNEL', 'gold', 'web', 'INVALID_SUBJECT input.subject'],
    ['CHANNEL', null, 'we\0b', 'INVALID_CHANNEL input.channel'],
    ['GROUP', 'gold', null, null],
    ['GROUP', 'gold', 'web', null],
    ['GROUP', null, null, 'INVALID_SUBJECT input.subject'],
    ['GROUP', '', null, 'INVALID_SUBJECT input.subject'],
    ['GROUP', 'x'.repeat(65), null, 'INVALID_SUBJECT input.subject'],
    ['GROUP', 'a\0', null, 'INVALID_SUBJECT input.subject'],
    ['COMPANY', id, null, null],
    ['LOCATION', id, 'b2b', null],
    ['CUSTOMER', id.toUpperCase(), null, null],
    ['CUSTOMER', 'c', null, 'INVALID_SUBJECT input.subject'],
    ['COMPANY', null, null, 'INVALID_SUBJECT input.subject'],
    ['ASSIGNED', null, null, null],
    ['ASSIGNED', 'list', null, null],
    ['ASSIGNED', 'other', null, 'INVALID_SUBJECT input.subject'],
  ])('of scope %s for %j in channel %j: %j', (scope, subject, channel, fault) => {
    expect(faultOf(listDraft('list', { scope, subject, channel }))).toBe(fault);
  });

  test('has a window that ends after it begins', () => {
    const [from, until] = [new Date('2030-01-01T00:00:00Z'), new Date('2030-01-02T00:00:00Z')];
    const window = (validity: PriceListDraft['validity']) => faultOf(listDraft('list', { validity }));
    for (const fits of [null, { from, until }, { from, until: null }, { from: null, until }])
      expect(window(fits)).toBeNull();
    expect(window({ from: null, until: null })).toBe('INVALID_WINDOW input.validity');
    for (const ends of [
      { from: until, until: from },
      { from, until: from },
    ])
      expect(window(ends)).toBe('INVALID_WINDOW input.validity.until');
  });
});

describe('a list that derives from another', () => {
  const margin = (basisPoints: number, taxBasisPoints = 1_900): Adjustment => ({
    ...{ kind: 'MARGIN', basisPoints, taxBasisPoints, feeSchedule: 'market' },
  });
  const percent = (basisPoints: number): Adjustment => ({ kind: 'PERCENT', basisPoints });
  const amount = (minor: number): Adjustment => ({ kind: 'AMOUNT', minor });

  test.each<[Adjustment, string | null]>([
    [percent(-10_000), null],
    [percent(-10_001), 'INVALID_PERCENT input.derivation.percentBasisPoints'],
    [percent(90_000), null],
    [percent(90_001), 'INVALID_PERCENT input.derivation.percentBasisPoints'],
    [amount(-100_000_000_000), null],
    [amount(100_000_000_001), 'INVALID_AMOUNT input.derivation.amountMinor'],
    [amount(0.5), 'INVALID_AMOUNT input.derivation.amountMinor'],
    [amount(NaN), 'INVALID_AMOUNT input.derivation.amountMinor'],
    [margin(0, 0), null],
    [margin(9_999, 10_000), null],
    [margin(-1), 'INVALID_PERCENT input.derivation.margin.basisPoints'],
    [margin(10_000), 'INVALID_PERCENT input.derivation.margin.basisPoints'],
    [margin(1, -1), 'INVALID_PERCENT input.derivation.margin.taxBasisPoints'],
    [margin(1, 10_001), 'INVALID_PERCENT input.derivation.margin.taxBasisPoints'],
  ])('by %j: %j', (adjustment, fault) => {
    expect(faultOf(derivedDraft('list', 'other', adjustment))).toBe(fault);
  });

  test.each<[number, number, string | null]>([
    [1, 0, null],
    [100, 99, null],
    [100, 100, 'INVALID_ROUNDING input.derivation.rounding'],
    [100, -1, 'INVALID_ROUNDING input.derivation.rounding'],
    [0, 0, 'INVALID_ROUNDING input.derivation.rounding'],
    [1_000_000_000_000, 0, 'INVALID_ROUNDING input.derivation.rounding'],
  ])('in steps of %d that end on %d: %j', (stepMinor, endingMinor, fault) => {
    const rounding: PriceRounding = { mode: 'UP', stepMinor, endingMinor };
    expect(faultOf(derivedDraft('list', 'other', percent(0), rounding))).toBe(fault);
  });

  test('derives from another', () => {
    expect(faultOf(derivedDraft('list', 'list'))).toBe('CYCLIC_LIST input.derivation.from');
  });
});
