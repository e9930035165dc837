import { guestOf, type Caller } from '@kontor/kit/src/auth/caller.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectSent, startCountingStack, type CountingStack } from './counting-stack.ts';
import { ACCOUNT, LOYALTY_CARD, ORDERS, SIGN_UP } from './documents.ts';

let stack: CountingStack;
let customerId: string;

beforeAll(async () => {
  stack = await startCountingStack();
  const { signUp } = await stack.run<{ signUp: { account: { id: string } } }>({
    bff: 'web',
    caller: guestOf('web'),
    query: SIGN_UP,
    variables: { input: { email: 'budget@example.com', password: 'correct horse battery' } },
  });
  customerId = signUp.account.id;
});
afterAll(() => stack.stop());

const customer = (channel: string): Caller => ({
  role: 'customer',
  subject: customerId,
  customerId,
  channel,
  scopes: [],
});
const ofWeb = (query: string) => ({ bff: 'web', caller: customer('web'), query }) as const;

it('web account with its name alone is one statement', async () => {
  const { data, ...sent } = await stack.count<{ account: object }>(ofWeb('{ account { id email givenName } }'));
  expect(data.account).toMatchObject({ id: customerId, email: 'budget@example.com' });
  expectSent(sent, { fetches: { router: 1, customers: 1 }, statements: { customers: 1 } });
});

it('web account with the latest orders asks customers and orders once each', async () => {
  const sent = await stack.count(ofWeb('{ account { email recentOrders { number } } }'));
  expectSent(sent, { fetches: { router: 1, customers: 1, orders: 1 }, statements: { customers: 1, orders: 1 } });
});

it('web account with everything is one operation, with a statement for each part', async () => {
  expectSent(await stack.count(ofWeb(ACCOUNT)), {
    fetches: { router: 1, customers: 1, orders: 1 },
    statements: { customers: 8, orders: 2 },
  });
});

it('mobile orders is one operation', async () => {
  const sent = await stack.count({ bff: 'mobile', caller: customer('mobile'), query: ORDERS });
  expectSent(sent, { fetches: { router: 1, customers: 1, orders: 1 }, statements: { customers: 1, orders: 1 } });
});

it('mobile loyaltyCard is one operation', async () => {
  const sent = await stack.count({ bff: 'mobile', caller: customer('mobile'), query: LOYALTY_CARD });
  // The profile, what it is known by, its points, the programme.
  expectSent(sent, { fetches: { router: 1, customers: 1 }, statements: { customers: 4 } });
});
