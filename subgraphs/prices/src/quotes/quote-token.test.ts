import { deflateRawSync } from 'node:zlib';
import { CompactSign, SignJWT } from 'jose';
import { newId } from '@kontor/kit/src/ids.ts';
import { money, type TaxedMoney } from '@kontor/kit/src/money.ts';
import { describe, expect, test } from 'vitest';
import { ANYBODY } from '../domain/pricing-context.ts';
import { givenQuote, isPromisedFor, type PromisedContext, type PromisedQuote } from '../domain/quote/promised-quote.ts';
import type { QuotedVariant } from '../domain/quote/quote.ts';
import { promisedBuyer } from './promised-buyer.ts';
import { MAX_TOKEN_LENGTH, readQuote, signQuote } from './quote-token.ts';

const KEY = new Uint8Array(32).fill(7);
const TIMES = { issuedAt: new Date('2026-05-01T12:00:00.000Z'), expiresAt: new Date('2026-05-01T12:15:00.000Z') };
const NOW = new Date('2026-05-01T12:14:59.999Z');

const taxed = (net: number, tax: number): TaxedMoney => ({
  net: money(net, 'EUR'),
  tax: money(tax, 'EUR'),
  gross: money(net + tax, 'EUR'),
});

const variant = (variantId: string, quantity: number): QuotedVariant => ({
  variantId,
  quantity,
  unit: taxed(900, 171),
  listUnit: taxed(1_000, 190),
  listTotal: taxed(1_000 * quantity, 190 * quantity),
  total: taxed(900 * quantity, 171 * quantity),
  discounts: [{ promotionId: 'may', grossMinor: 119 * quantity }],
  taxRateBasisPoints: 1900,
  priceListCode: 'base-eur',
  tierMinQuantity: 1,
});

const context: PromisedContext = {
  channel: 'web',
  currency: 'EUR',
  country: 'DE',
  region: 'BY',
  postalCode: '80331',
  buyer: promisedBuyer({ ...ANYBODY, customerId: 'anna', groups: ['gold', 'press'] }, KEY),
  codes: ['MAY10'],
  shippingOptionCode: 'parcel',
  isPickup: false,
  asOf: '1777636800000001',
};

const promise = (variants: readonly QuotedVariant[]): PromisedQuote => ({
  context,
  quote: {
    variants,
    unpriced: [],
    promotions: [
      {
        promotionId: 'may',
        promotionCode: 'may-2026',
        version: 3,
        name: 'May',
        code: 'MAY10',
        class: 'PRODUCT',
        grossMinor: 357,
        amountMinor: 300,
        isLimited: true,
      },
    ],
    codes: [{ code: 'may10', status: 'APPLIED' }],
    shipping: {
      optionCode: 'parcel',
      name: 'Parcel',
      listTotal: taxed(412, 78),
      total: taxed(0, 0),
      taxRateBasisPoints: 1900,
    },
    shippingOptions: [{ code: 'parcel', name: 'Parcel', total: taxed(0, 0) }],
    shippingFault: null,
    gifts: [{ promotionId: 'mug', name: 'A mug', variantId: newId(), quantity: 1, inCart: 0 }],
    listTotal: taxed(3_000, 570),
    goodsTotal: taxed(2_700, 513),
    total: taxed(2_700, 513),
  },
});

const id = newId();
const promised = promise([variant(id, 3)]);
const bought = new Map([[id, 3]]);

describe('a quote token', () => {
  test('carries the promise to the cent, and its end', async () => {
    const token = await signQuote(promised, KEY, TIMES);
    expect(await readQuote(token, KEY, NOW)).toEqual({ promised, isExpired: false, expiresAt: TIMES.expiresAt });
  });

  test('tells what it promised also when it has expired', async () => {
    const read = await readQuote(await signQuote(promised, KEY, TIMES), KEY, TIMES.expiresAt);
    expect(read).toEqual({ promised, isExpired: true, expiresAt: TIMES.expiresAt });
    expect(givenQuote('EXPIRED', read!.promised)).toEqual({
      status: 'EXPIRED',
      total: money(3_213, 'EUR'),
      lines: [{ variantId: id, quantity: 3, total: money(3_213, 'EUR') }],
    });
  });

  test('of 500 variants with three discounts each fits into a request of 100 KiB', async () => {
    const three = ['may', 'may', 'may'].map((promotionId, index) => ({ promotionId, grossMinor: 1_000_003 + index }));
    const many = Array.from({ length: 500 }, (_, index) => ({ ...variant(newId(), 1 + index), discounts: three }));
    const large = promise(many);
    const token = await signQuote(large, KEY, TIMES);
    expect(token.length).toBeLessThan(90_000);
    expect((await readQuote(token, KEY, NOW))?.promised).toEqual(large);
  });

  test('says nothing of groups and companies that can be read or tried', async () => {
    const buyer = promisedBuyer({ ...ANYBODY, companyId: 'acme', groups: ['late-payer'] }, KEY);
    expect(JSON.stringify(buyer)).not.toMatch(/acme|late-payer/);
    const otherKey = promisedBuyer({ ...ANYBODY, companyId: 'acme', groups: ['late-payer'] }, new Uint8Array(32));
    expect(otherKey.digest).not.toBe(buyer.digest);
  });

  test('is none of ours when it was tampered with, signed otherwise or not at all, is of another shape or far too long', async () => {
    const token = await signQuote(promised, KEY, TIMES);
    const [header, body, signature] = token.split('.') as [string, string, string];
    const cheap = deflateRawSync(JSON.stringify({ aud: 'kontor-quote-2', exp: NOW.getTime() + 1 }));
    const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = (protectedHeader: { alg: string; typ?: string }, key = KEY) =>
      new CompactSign(cheap).setProtectedHeader(protectedHeader).sign(key);
    const wide = new Uint8Array(64).fill(7);
    for (const forged of [
      `${header}.${cheap.toString('base64url')}.${signature}`,
      `${header}.${body}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
      `${header}.${body}.`,
      `${header}.${body}`,
      `${encoded({ alg: 'none', typ: 'kontor-quote-2' })}.${body}.`,
      `${encoded({ alg: 'none', typ: 'kontor-quote-2' })}.${body}.${signature}`,
      `${encoded({ alg: 'HS256', typ: 'kontor-quote-2', crit: ['exp'] })}.${body}.${signature}`,
      await signed({ alg: 'HS256', typ: 'kontor-quote-2' }, new Uint8Array(32)),
      await signed({ alg: 'HS512', typ: 'kontor-quote-2' }, wide),
      await signed({ alg: 'HS256' }),
      await new SignJWT({ lines: [] }).setProtectedHeader({ alg: 'HS256' }).setAudience('kontor-quote-1').sign(KEY),
      '',
      'x',
      '..',
      '\u0000.\u0000.\u0000',
      'a'.repeat(MAX_TOKEN_LENGTH),
      'a'.repeat(MAX_TOKEN_LENGTH + 1),
    ])
      expect(await readQuote(forged, KEY, NOW), forged.slice(0, 80)).toBeNull();
    expect(givenQuote('FORGED', null)).toEqual({ status: 'FORGED', total: null, lines: [] });
  });
});

describe('isPromisedFor', () => {
  test('holds for the same cart in the same context at another moment', () => {
    expect(isPromisedFor(promised, { ...context, asOf: '1777636900000000' }, bought)).toBe(true);
  });

  test.each<[string, Partial<PromisedContext>]>([
    ['channel', { channel: 'pos' }],
    ['currency', { currency: 'USD' }],
    ['country', { country: 'AT' }],
    ['region', { region: null }],
    ['postal code', { postalCode: '10115' }],
    ['customer', { buyer: promisedBuyer({ ...ANYBODY, customerId: 'bert', groups: ['gold', 'press'] }, KEY) }],
    ['group', { buyer: promisedBuyer({ ...ANYBODY, customerId: 'anna', groups: ['gold'] }, KEY) }],
    [
      'company',
      { buyer: promisedBuyer({ ...ANYBODY, customerId: 'anna', groups: ['gold', 'press'], companyId: 'acme' }, KEY) },
    ],
    ['code', { codes: ['MAY20'] }],
    ['number of codes', { codes: ['MAY10', 'MAY20'] }],
    ['way of sending', { shippingOptionCode: null }],
    ['pickup', { isPickup: true }],
  ])('does not hold for another %s', (_, other) => {
    expect(isPromisedFor(promised, { ...context, ...other }, bought)).toBe(false);
  });

  test('does not hold for other goods or quantities', () => {
    for (const other of [
      [[id, 2]],
      [[newId(), 3]],
      [
        [id, 3],
        [newId(), 1],
      ],
      [],
    ] as [string, number][][])
      expect(isPromisedFor(promised, context, new Map(other))).toBe(false);
  });

  test('holds however the groups of the buyer are ordered', () => {
    const buyer = promisedBuyer({ ...ANYBODY, customerId: 'anna', groups: ['press', 'gold'] }, KEY);
    expect(isPromisedFor(promised, { ...context, buyer }, bought)).toBe(true);
  });
});
