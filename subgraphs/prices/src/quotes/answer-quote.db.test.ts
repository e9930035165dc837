import { silentLogger } from '@kontor/kit/src/logger.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import { createMemoryClient } from '@kontor/kit/src/graph/memory-client.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { INTERNAL_PATH } from '@kontor/kit/src/subgraph.ts';
import { asService, asStaff, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { decodeJwt, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createApp } from '../app.ts';
import { saveChannels } from '../data/channels.ts';

let testDb: TestDatabase;
let app: Service;
/** Another process, with a pool and a key cache of its own. */
let other: Service;
let now: Date;
const statements: string[] = [];

async function serve(db: Database): Promise<Service> {
  const identity = (await createTestIdentities(['prices'])).prices;
  const products = createMemoryClient('products', () => null);
  const clock = { now: () => now };
  const service = createApp({ db, bus: createMemoryBus(), identity, logger: silentLogger, peers: { products }, clock });
  await service.graph(INTERNAL_PATH).server.start();
  return service;
}

beforeAll(async () => {
  testDb = await createTestDatabase(['prices']);
  const db = testDb.open('prices', { max: 1, onQuery: (query) => statements.push(query) });
  app = await serve(db);
  other = await serve(testDb.open('prices'));
  await saveChannels(db.orm, [
    { code: 'web', revision: 1, currencies: ['EUR', 'USD'], countries: ['DE'] },
    { code: 'pos', revision: 1, currencies: ['EUR'], countries: ['DE'] },
  ]);
  await command(
    'taxRatesUpsert',
    'TaxRatesUpsertInput',
    { rates: [{ country: 'DE', basisPoints: 1900 }] },
    'changedCount',
  );
  const list = { code: 'base-eur', scope: 'BASE', currency: 'EUR', taxIncluded: false };
  await command('priceListUpsert', 'PriceListUpsertInput', list, 'revision');
});
afterAll(() => testDb.drop());
beforeEach(() => {
  now = new Date('2026-05-01T12:00:00.000Z');
});

const command = async (name: string, type: string, input: object, fields: string) => {
  const query = `mutation ($input: ${type}!) { answer: ${name}(input: $input) { ${fields} } }`;
  return app
    .graph(INTERNAL_PATH)
    .execute<{ answer: Record<string, unknown> }>({ query, variables: { input } }, asService('stack'));
};
const setPrice = (variantId: string, amountMinor: number) =>
  command(
    'pricesUpsert',
    'PricesUpsertInput',
    { priceListCode: 'base-eur', prices: [{ variantId, amountMinor }] },
    'changedCount',
  );

async function priced(amountMinor: number): Promise<string> {
  const id = newId();
  await setPrice(id, amountMinor);
  return id;
}

const QUOTE = /* GraphQL */ `
  query ($input: QuoteInput!) {
    quote(input: $input) {
      currency
      country
      token
      expiresAt
      total {
        net {
          minorUnits
        }
        tax {
          minorUnits
        }
        gross {
          minorUnits
          currency
        }
      }
      lines {
        lineId
        variantId
        unit {
          gross {
            minorUnits
          }
        }
        total {
          net {
            minorUnits
          }
          gross {
            minorUnits
          }
        }
        taxRateBasisPoints
        priceListCode
      }
    }
  }
`;

interface Quote {
  currency: string;
  country: string;
  token: string | null;
  expiresAt: string;
  total: { gross: { minorUnits: number } };
  lines: { lineId: string; unit: object | null; total: { gross: { minorUnits: number } } | null }[];
}

const line = (variantId: string, quantity: number, lineId = variantId) => ({ lineId, variantId, quantity });
const ask = async (input: Record<string, unknown>, service = app) => {
  const result = await service
    .graph(INTERNAL_PATH)
    .execute<{ quote: Quote }>(
      { query: QUOTE, variables: { input: { channel: 'web', ...input } } },
      asService('orders'),
    );
  return { quote: result.data?.quote, code: result.errors?.[0]?.extensions?.['code'] };
};
const quote = async (input: Record<string, unknown>, service = app) => (await ask(input, service)).quote!;
const grossOf = (answer: Quote) => answer.total.gross.minorUnits;

describe('quote', () => {
  test('prices each line with one statement, and the total over the lines that have a price', async () => {
    const [a, b] = [await priced(108), await priced(1_000)];
    const lines = [line(a, 3), line(b, 1), line(newId(), 1, 'unpriced'), line('no-id', 1)];
    statements.length = 0;
    const answer = await quote({ lines });
    expect(statements).toHaveLength(1);
    expect(answer).toMatchObject({
      currency: 'EUR',
      country: 'DE',
      token: null,
      expiresAt: '2026-05-01T12:15:00.000Z',
      total: { net: { minorUnits: 1_324 }, tax: { minorUnits: 252 }, gross: { minorUnits: 1_576, currency: 'EUR' } },
    });
    expect(answer.lines[0]).toEqual({
      lineId: a,
      variantId: a,
      unit: { gross: { minorUnits: 129 } },
      total: { net: { minorUnits: 324 }, gross: { minorUnits: 386 } },
      taxRateBasisPoints: 1900,
      priceListCode: 'base-eur',
    });
    expect(answer.lines[2]).toMatchObject({ lineId: 'unpriced', unit: null, total: null, priceListCode: null });
    expect(answer.lines[3]).toMatchObject({ lineId: 'no-id', total: null });
  });

  test('costs the same when a variant stands on two lines', async () => {
    const id = await priced(108);
    const one = await quote({ lines: [line(id, 3)] });
    const two = await quote({ lines: [line(id, 1, 'first'), line(id.toUpperCase(), 2, 'second')] });
    expect(grossOf(two)).toBe(grossOf(one));
    expect(two.lines.reduce((sum, { total }) => sum + total!.gross.minorUnits, 0)).toBe(grossOf(two));
  });

  test('answers no price in a currency that the channel does not sell in', async () => {
    const answer = await quote({ currency: 'GBP', lines: [line(await priced(1), 1)] });
    expect(answer).toMatchObject({
      currency: 'GBP',
      token: null,
      total: { gross: { minorUnits: 0, currency: 'GBP' } },
    });
    expect(answer.lines[0]?.total).toBeNull();
  });

  test('answers an empty cart with zero', async () => {
    expect(grossOf(await quote({ lines: [] }))).toBe(0);
  });

  test('refuses 501 lines, bad quantities, an unknown channel, totals beyond 2^53 and callers that are no service', async () => {
    const id = await priced(100_000_000_000);
    expect((await quote({ lines: Array.from({ length: 500 }, () => line(newId(), 1)) })).lines).toHaveLength(500);
    expect((await ask({ lines: Array.from({ length: 501 }, () => line(newId(), 1)) })).code).toBe('BAD_USER_INPUT');
    for (const quantity of [0, -1, 10_001])
      expect((await ask({ lines: [line(id, quantity)] })).code).toBe('BAD_USER_INPUT');
    expect((await ask({ channel: 'nowhere', lines: [] })).code).toBe('BAD_USER_INPUT');
    expect((await ask({ lines: Array.from({ length: 500 }, () => line(id, 10_000)) })).code).toBe('BAD_USER_INPUT');
    const refused = await app
      .graph(INTERNAL_PATH)
      .execute({ query: QUOTE, variables: { input: { channel: 'web', lines: [] } } }, asStaff(['prices:read']));
    expect(refused.errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');
  });
});

describe('a quote token', () => {
  test('is honoured by every process while it is valid, however lines are ordered and split, and keeps its end', async () => {
    const [a, b] = [await priced(1_000), await priced(500)];
    const promised = await quote({ lines: [line(a, 3), line(b, 1)] });
    await setPrice(a, 2_000);
    now = new Date('2026-05-01T12:14:00.000Z');
    const again = await quote(
      { lines: [line(b, 1), line(a, 1, 'x'), line(a, 2, 'y')], quoteToken: promised.token },
      other,
    );
    expect(grossOf(again)).toBe(grossOf(promised));
    expect(again).toMatchObject({ token: promised.token, expiresAt: promised.expiresAt });
    expect(grossOf(await quote({ lines: [line(a, 3), line(b, 1)] }))).toBe(7_735);
  });

  test('keeps the tax rate that was promised', async () => {
    const id = await priced(1_000);
    const { token } = await quote({ lines: [line(id, 1)] });
    await command(
      'taxRatesUpsert',
      'TaxRatesUpsertInput',
      { rates: [{ country: 'DE', basisPoints: 2000 }] },
      'changedCount',
    );
    expect(grossOf(await quote({ lines: [line(id, 1)], quoteToken: token }))).toBe(1_190);
    expect(grossOf(await quote({ lines: [line(id, 1)] }))).toBe(1_200);
    await command(
      'taxRatesUpsert',
      'TaxRatesUpsertInput',
      { rates: [{ country: 'DE', basisPoints: 1900 }] },
      'changedCount',
    );
  });

  test('is as good as none once it has expired: the current price is answered with a new token', async () => {
    const id = await priced(1_000);
    const { token } = await quote({ lines: [line(id, 1)] });
    await setPrice(id, 2_000);
    now = new Date('2026-05-01T12:15:00.000Z');
    const answer = await quote({ lines: [line(id, 1)], quoteToken: token });
    expect(grossOf(answer)).toBe(2_380);
    expect(answer.token).not.toBe(token);
    expect(answer.expiresAt).toBe('2026-05-01T12:30:00.000Z');
  });

  test('is not honoured for another quantity, variant, channel, currency or country', async () => {
    const [id, more] = [await priced(1_000), await priced(1)];
    const { token } = await quote({ lines: [line(id, 1)] });
    await setPrice(id, 2_000);
    const current = 2_380;
    const quoteToken = token;
    expect(grossOf(await quote({ lines: [line(id, 1)], quoteToken }))).toBe(1_190);
    expect(grossOf(await quote({ lines: [line(id, 2)], quoteToken }))).toBe(2 * current);
    expect(grossOf(await quote({ lines: [line(id, 1), line(more, 1)], quoteToken }))).toBe(current + 1);
    expect(grossOf(await quote({ channel: 'pos', lines: [line(id, 1)], quoteToken }))).toBe(current);
    expect(grossOf(await quote({ country: 'CH', lines: [line(id, 1)], quoteToken }))).toBe(2_000);
    expect((await quote({ currency: 'USD', lines: [line(id, 1)], quoteToken })).lines[0]?.total).toBeNull();
  });

  test('is not honoured when it was tampered with, signed by another key, without a signature or is no token at all', async () => {
    const id = await priced(1_000);
    const { token } = await quote({ lines: [line(id, 1)] });
    const [header, , signature] = token!.split('.') as [string, string, string];
    const cheap = { ...decodeJwt(token!), lines: [[id, 1, 1, 0]] };
    const body = Buffer.from(JSON.stringify(cheap)).toString('base64url');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const forged = await new SignJWT(cheap).setProtectedHeader({ alg: 'HS256' }).sign(new Uint8Array(32));
    for (const quoteToken of [
      `${header}.${body}.${signature}`,
      `${none}.${body}.`,
      forged,
      'x',
      '',
      'a'.repeat(200_000),
    ])
      expect(grossOf(await quote({ lines: [line(id, 1)], quoteToken }))).toBe(1_190);
  });
});
