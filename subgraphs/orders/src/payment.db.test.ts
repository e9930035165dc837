import { asGuest, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openShop, type Shop } from './testing/open-shop.ts';
import { mutate, purchase } from './testing/documents.ts';

const guest = asGuest();
let database: TestDatabase;
let shop: Shop;

beforeAll(async () => {
  database = await createTestDatabase(['orders', 'psp']);
  const { orders: identity } = await createTestIdentities(['orders']);
  shop = await openShop(database, identity);
});
afterAll(async () => {
  await shop.stop();
  await database.drop();
});

describe('the payment', () => {
  test('declined gives the stock back and opens the cart again', async () => {
    const cart = await shop.fill(1, 5);
    const input = purchase(cart, { tenders: [{ kind: 'CARD', token: 'pm_card_chargeDeclinedInsufficientFunds' }] });
    const answer = await mutate(shop.service, guest, 'checkout', input);
    expect(answer).toMatchObject({ __typename: 'PaymentDeclined', declineCode: 'insufficient_funds' });
    expect(await shop.traces(cart)).toMatchObject({ states: ['failed'], orderCount: 0, holds: ['RELEASED'] });
    expect(shop.world.stock.levelOf(shop.berlin, shop.mug)).toBe(5);
    expect(await mutate(shop.service, guest, 'checkout', input)).toEqual(answer);
    expect(await shop.buy(cart)).toMatchObject({ __typename: 'OrderPlaced' });
  });

  test('with a token that the provider never gave out is declined', async () => {
    expect(await shop.buy(await shop.fill(1, 5), { tenders: [{ kind: 'CARD', token: 'pm_nobody' }] })).toMatchObject({
      __typename: 'PaymentDeclined',
    });
  });

  test('that wants the shopper holds the stock, and the same key goes on after the confirmation', async () => {
    const cart = await shop.fill(1, 5);
    const input = purchase(cart, { tenders: [{ kind: 'CARD', token: 'pm_card_authenticationRequired' }] });
    const asked = await mutate(shop.service, guest, 'checkout', input);
    expect(asked).toMatchObject({ __typename: 'PaymentActionRequired', clientSecret: expect.stringMatching(/^pi_/) });
    expect(await mutate(shop.service, guest, 'checkout', input)).toEqual(asked);
    expect(await shop.traces(cart)).toMatchObject({ states: ['action_required'], orderCount: 0, holds: ['HELD'] });
    expect(await shop.buy(cart)).toMatchObject({ __typename: 'Busy' });
    await shop.authenticate(asked, 'succeeded');
    expect(await mutate(shop.service, guest, 'checkout', input)).toMatchObject({
      __typename: 'OrderPlaced',
      order: { payments: [{ cardLast4: '3184' }] },
    });
    expect(await shop.traces(cart)).toEqual({
      states: ['placed'],
      orderCount: 1,
      intents: ['requires_capture'],
      holds: ['COMMITTED'],
    });
  });

  test('that the bank refuses after all is declined', async () => {
    const cart = await shop.fill(1, 5);
    const input = purchase(cart, { tenders: [{ kind: 'CARD', token: 'pm_card_authenticationRequired' }] });
    await shop.authenticate(await mutate(shop.service, guest, 'checkout', input), 'failed');
    expect(await mutate(shop.service, guest, 'checkout', input)).toMatchObject({ __typename: 'PaymentDeclined' });
    expect(await shop.traces(cart)).toMatchObject({ states: ['failed'], holds: ['RELEASED'] });
  });

  test.each(['pm_card_timeoutAfterCharge', 'pm_card_serverErrorOnce'])('with %s is charged once', async (token) => {
    const cart = await shop.fill(1, 5);
    expect(await shop.buy(cart, { tenders: [{ kind: 'CARD', token }] })).toMatchObject({ __typename: 'OrderPlaced' });
    expect(await shop.traces(cart)).toEqual({
      states: ['placed'],
      orderCount: 1,
      intents: ['requires_capture'],
      holds: ['COMMITTED'],
    });
  });

  test('whose outcome is unknown answers PaymentPending, and the same key learns it later', async () => {
    const cart = await shop.fill(1, 5);
    const input = purchase(cart);
    shop.provider.isSilent = true;
    expect(await mutate(shop.service, guest, 'checkout', input)).toMatchObject({
      __typename: 'PaymentPending',
      retryAfterMs: 1_000,
    });
    expect(await shop.openCheckouts()).toEqual([{ checkoutId: expect.any(String), state: 'authorizing' }]);
    expect(await mutate(shop.service, guest, 'checkout', input)).toMatchObject({ __typename: 'PaymentPending' });
    shop.provider.isSilent = false;
    expect(await mutate(shop.service, guest, 'checkout', input)).toMatchObject({ __typename: 'OrderPlaced' });
    expect(await shop.traces(cart)).toEqual({
      states: ['placed'],
      orderCount: 1,
      intents: ['requires_capture'],
      holds: ['COMMITTED'],
    });
  });

  test('whose outcome is unknown is learnt without the shopper, too', async () => {
    const cart = await shop.fill(1, 5);
    shop.provider.isSilent = true;
    await shop.buy(cart);
    shop.provider.isSilent = false;
    await eventually(async () => expect(await shop.cartOf(cart)).toMatchObject({ status: 'ORDERED' }));
    expect(await shop.traces(cart)).toEqual({
      states: ['placed'],
      orderCount: 1,
      intents: ['requires_capture'],
      holds: ['COMMITTED'],
    });
  });

  test('that comes after the hold expired takes stock again, or is given back when there is none', async () => {
    const [again, never] = [await shop.fill(1, 9), await shop.fill(1, 9)];
    const late = { tenders: [{ kind: 'CARD', token: 'pm_card_authenticationRequired' }] };
    const inputs = [purchase(again, late), purchase(never, late)];
    for (const input of inputs)
      await shop.authenticate(await mutate(shop.service, guest, 'checkout', input), 'succeeded');
    shop.world.stock.aheadMs += 700_000;
    expect(await mutate(shop.service, guest, 'checkout', inputs[0]!)).toMatchObject({ __typename: 'OrderPlaced' });
    expect(await shop.traces(again)).toEqual({
      states: ['placed'],
      orderCount: 1,
      intents: ['requires_capture'],
      holds: ['EXPIRED', 'COMMITTED'],
    });
    shop.world.stock.setLevel(shop.berlin, shop.mug, 0);
    expect(await mutate(shop.service, guest, 'checkout', inputs[1]!)).toMatchObject({
      __typename: 'OutOfStock',
      lines: [{ requested: 1, available: 0 }],
    });
    expect(await shop.traces(never)).toEqual({
      states: ['failed'],
      orderCount: 0,
      intents: ['canceled'],
      holds: ['EXPIRED'],
    });
    expect(await shop.cartOf(never)).toMatchObject({ status: 'OPEN' });
  });
});

test('stock that is busy puts the checkout off, and the same key goes on', async () => {
  const cart = await shop.fill(1, 5);
  const input = purchase(cart);
  shop.world.stock.busyCount = 1;
  expect(await mutate(shop.service, guest, 'checkout', input)).toMatchObject({ __typename: 'Busy' });
  expect(await mutate(shop.service, guest, 'checkout', input)).toMatchObject({ __typename: 'OrderPlaced' });
});
