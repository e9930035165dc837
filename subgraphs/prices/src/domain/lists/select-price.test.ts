import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PricingContext } from '../pricing-context.ts';
import type { Candidate, PriceList, PriceListScope, PriceRow, Span } from './price-list.ts';
import { listRefusal, selectPrice, type Selection } from './select-price.ts';

const NOW = new Date('2026-06-01T12:00:00Z');
const ALWAYS: Span = { from: new Date(0), until: null };
const LATER: Span = { from: new Date('2026-06-01T12:00:00.001Z'), until: null };
const BEFORE: Span = { from: null, until: NOW };

const context: PricingContext = {
  channel: 'web',
  currency: 'EUR',
  country: 'DE',
  region: null,
  buyer: { customerId: 'anna', companyId: 'acme', companyLocationId: 'hq', groups: ['gold', 'staff'] },
  isSold: true,
  asOf: '1780315200000000',
  now: NOW,
  isExempt: false,
  assignedList: 'contract',
};
const selection: Selection = { context, quantity: 1, taxBasisPoints: 1_900, feeSchedules: new Map() };

/** The subject with which a list of a scope is for the buyer above. */
const SUBJECTS: Readonly<Record<PriceListScope, string | null>> = {
  SOURCE: 'source',
  BASE: null,
  CHANNEL: null,
  GROUP: 'gold',
  COMPANY: 'acme',
  ASSIGNED: 'contract',
  LOCATION: 'hq',
  CUSTOMER: 'anna',
};
/** The least specific first. */
const RANKS: readonly PriceListScope[] = ['BASE', 'CHANNEL', 'GROUP', 'COMPANY', 'ASSIGNED', 'LOCATION', 'CUSTOMER'];

const list = (scope: PriceListScope, more: Partial<PriceList> = {}): PriceList => ({
  id: scope,
  code: scope,
  name: scope,
  scope,
  subject: SUBJECTS[scope],
  channel: scope === 'CHANNEL' ? 'web' : null,
  currency: 'EUR',
  taxIncluded: true,
  revision: 1,
  version: 1,
  activity: ALWAYS,
  validity: null,
  derivation: null,
  ...more,
});
const row = (minor: number, minQuantity = 1, micros = 0): PriceRow => ({
  minQuantity,
  amount: { minor, micros },
  compareAtMinor: null,
});
const holds = (of: PriceList, ...rows: PriceRow[]): Candidate => ({ list: of, chain: [of], rowsOfChain: [rows] });
const winnerOf = (candidates: readonly Candidate[], more: Partial<Selection> = {}) =>
  selectPrice(candidates, { ...selection, ...more })?.list.id ?? null;

const candidate = fc
  .record({
    id: fc.uuid(),
    scope: fc.constantFrom<PriceListScope>('SOURCE', ...RANKS),
    isMine: fc.boolean(),
    channel: fc.constantFrom(null, 'web', 'pos'),
    currency: fc.constantFrom('EUR', 'EUR', 'EUR', 'USD'),
    activity: fc.constantFrom(ALWAYS, ALWAYS, ALWAYS, BEFORE, LATER, null),
    validity: fc.constantFrom(null, null, ALWAYS, BEFORE, LATER),
    taxIncluded: fc.boolean(),
    minor: fc.nat(20),
    minQuantity: fc.constantFrom(1, 1, 3),
  })
  .map(({ id, scope, isMine, channel, minor, minQuantity, ...more }) => {
    const where = scope === 'CHANNEL' ? (channel ?? 'pos') : scope === 'BASE' || scope === 'SOURCE' ? null : channel;
    const subject = isMine ? SUBJECTS[scope] : SUBJECTS[scope] && 'somebody';
    return holds(list(scope, { ...more, id, subject, channel: where }), row(minor, minQuantity));
  });

describe('selectPrice', () => {
  test.each(RANKS.slice(1).map((scope, index) => [scope, RANKS[index]!] as const))(
    'takes %s over %s, also when it is dearer, dated or not',
    (scope, below) => {
      const dearer = holds(list(scope), row(900));
      expect(winnerOf([holds(list(below, { validity: ALWAYS }), row(500)), dearer])).toBe(scope);
      expect(winnerOf([dearer, holds(list(below), row(500))])).toBe(scope);
    },
  );

  test('takes a list of the channel before one of all channels, and then one with dates before one without', () => {
    const here = holds(list('COMPANY', { id: 'here', channel: 'web' }), row(900));
    const dated = holds(list('COMPANY', { id: 'dated', validity: ALWAYS }), row(800));
    const plain = holds(list('COMPANY', { id: 'plain' }), row(100));
    expect(winnerOf([plain, dated, here])).toBe('here');
    expect(winnerOf([plain, dated])).toBe('dated');
  });

  test('takes the lower gross price among groups, whatever their lists include, then the lower id', () => {
    const gold = holds(list('GROUP', { id: 'gold' }), row(1_190));
    const staff = (minor: number, micros = 0) =>
      holds(list('GROUP', { id: 'staff', subject: 'staff', taxIncluded: false }), row(minor, 1, micros));
    expect(winnerOf([gold, staff(999)])).toBe('staff');
    expect(winnerOf([gold, staff(1_001)])).toBe('gold');
    expect(winnerOf([staff(1_000), gold])).toBe('gold');
    expect(winnerOf([gold, staff(999, 999_999)])).toBe('staff');
  });

  test('passes on to the next scope where a list holds no price for the quantity', () => {
    const tiered = holds(list('CUSTOMER'), row(700, 10), row(600, 100));
    const base = holds(list('BASE'), row(1_000));
    expect(winnerOf([tiered, base], { quantity: 9 })).toBe('BASE');
    expect(selectPrice([tiered, base], { ...selection, quantity: 10 })).toMatchObject({
      amount: { minor: 700 },
      minQuantity: 10,
    });
    expect(selectPrice([tiered, base], { ...selection, quantity: 150 })).toMatchObject({
      amount: { minor: 600 },
      minQuantity: 100,
    });
  });

  test.each<[string, Partial<PriceList>, string]>([
    ['SOURCE', { scope: 'SOURCE', subject: 'x' }, 'SOURCE'],
    ['another currency', { currency: 'USD' }, 'OTHER_CURRENCY'],
    ['another channel', { channel: 'pos' }, 'OTHER_CHANNEL'],
    ['another customer', { scope: 'CUSTOMER', subject: 'ben' }, 'OTHER_BUYER'],
    ['another group', { scope: 'GROUP', subject: 'silver' }, 'OTHER_BUYER'],
    ['another company', { scope: 'COMPANY', subject: 'globex' }, 'OTHER_BUYER'],
    ['another location', { scope: 'LOCATION', subject: 'branch' }, 'OTHER_BUYER'],
    ['a list that another location names', { scope: 'ASSIGNED', subject: 'other' }, 'OTHER_BUYER'],
    ['a draft', { activity: null }, 'NOT_ACTIVE'],
    ['a list that begins in a millisecond', { activity: LATER }, 'NOT_ACTIVE'],
    ['a list that ends now', { activity: BEFORE }, 'NOT_ACTIVE'],
    ['dates that begin in a millisecond', { validity: LATER }, 'OUTSIDE_VALIDITY'],
    ['dates that end now', { validity: BEFORE }, 'OUTSIDE_VALIDITY'],
  ])('passes over %s', (_, more, refusal) => {
    const other = list('BASE', more);
    expect(listRefusal(other, context)).toBe(refusal);
    expect(winnerOf([holds(other, row(1))])).toBeNull();
  });

  test('gives a guest nothing that is for somebody, and nobody anything in a currency that the channel does not sell in', () => {
    const guest = {
      ...context,
      buyer: { customerId: null, companyId: null, companyLocationId: null, groups: [] },
      assignedList: null,
    };
    const all = RANKS.map((scope) => holds(list(scope), row(100)));
    expect(winnerOf(all, { context: guest })).toBe('CHANNEL');
    expect(
      winnerOf(all.map((each) => holds({ ...each.list, subject: null }, row(1))).slice(2), { context: guest }),
    ).toBeNull();
    expect(winnerOf(all, { context: { ...context, isSold: false } })).toBeNull();
  });

  test('gives the same winner in whatever order the candidates come: one that fits, of the most specific scope that holds a price', () => {
    fc.assert(
      fc.property(
        fc
          .uniqueArray(candidate, { selector: (each) => each.list.id, maxLength: 12 })
          .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        fc.constantFrom(1, 2, 3),
        ([all, shuffled], quantity) => {
          const winner = selectPrice(all, { ...selection, quantity });
          expect(selectPrice(shuffled, { ...selection, quantity })).toEqual(winner);
          const fitting = all.filter(
            (each) => listRefusal(each.list, context) === null && each.rowsOfChain[0]![0]!.minQuantity <= quantity,
          );
          expect(winner === null).toBe(fitting.length === 0);
          if (winner === null) return;
          expect(fitting.map(({ list: of }) => of.id)).toContain(winner.list.id);
          const top = Math.max(...fitting.map((each) => RANKS.indexOf(each.list.scope)));
          expect(RANKS.indexOf(winner.list.scope)).toBe(top);
          const rivals = fitting.filter((each) => each.list.scope === winner.list.scope);
          if (winner.list.channel === null) expect(rivals.every((each) => each.list.channel === null)).toBe(true);
          const sameWhere = rivals.filter((each) => each.list.channel === winner.list.channel);
          if (winner.list.validity === null) expect(sameWhere.every((each) => each.list.validity === null)).toBe(true);
        },
      ),
      { seed: 3, numRuns: 2_000 },
    );
  });

  test('is not moved by candidates that do not fit', () => {
    fc.assert(
      fc.property(fc.uniqueArray(candidate, { selector: (each) => each.list.id, maxLength: 12 }), (all) => {
        const fitting = all.filter((each) => listRefusal(each.list, context) === null);
        expect(selectPrice(fitting, selection)).toEqual(selectPrice(all, selection));
      }),
      { seed: 4, numRuns: 500 },
    );
  });
});
