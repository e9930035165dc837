import { newId } from '@kontor/kit/src/ids.ts';
import type { Cluster } from '../cluster.ts';
import { killNowAndThen } from '../killer.ts';
import { pause, until } from '../pauses.ts';
import { gatherCrowd, staffOf, type Crowd, type ShopPerson } from '../people.ts';
import { createRandom, type Random } from '../random.ts';
import { openShop, type Shop } from '../shop.ts';
import type { Verdict } from '../verdict.ts';

const COLLECTORS = 6;
const MEMBERS = 4;
const SETTLED_MS = 90_000;
const TRIED_MS = 600_000;
/** What one session may be exchanged in a quarter of an hour, with something left for the end. */
const MOST_EXCHANGES = 40;

const CART = 'mutation ($input: CartCreateInput!) { cartCreate(input: $input) { cart { id } } }';
const CHECKOUT = `mutation ($input: CheckoutInput!) { checkout(input: $input) { __typename
  ... on OrderPlaced { order { id } } ... on PaymentDeclined { declineCode } ... on UserError { code } } }`;
const REFRESH = `mutation ($input: SessionRefreshInput!) { sessionRefresh(input: $input) { __typename ... on SessionRefreshed { token refreshToken } } }`;
const VERSION = 'query ($id: ID!) { customer(id: $id) { version } }';
const MERGE = `mutation ($input: CustomerMergeInput!) { customerMerge(input: $input) { __typename ... on CustomersMerged { mergeId } ... on UserError { code message } } }`;
const UNMERGE = `mutation ($input: CustomerUnmergeInput!) { customerUnmerge(input: $input) { __typename ... on UserError { code message } } }`;
const VERIFY = `query ($after: Cursor) { verifyAccounts(after: $after) { accountCount cursor differences { accountId what expected actual } } }`;
const AUDIT = 'query ($after: Cursor) { auditVerify(after: $after) { ok checkedTo reason cursor } }';
const OPEN = '{ openCheckouts { checkoutId state } }';

/** What came of one run, while it went on. */
interface Told {
  /** Ids of orders that somebody was told are placed, by who bought. */
  readonly placed: Map<string, ShopPerson>;
  /** Successors by refresh token. */
  readonly successors: Map<string, Set<string>>;
  readonly wrong: string[];
  merges: number;
  exchanges: number;
}

/**
 * People pay with points and on account, exchange their tokens, sometimes twice at once, and are merged and taken apart again, while
 * processes of customers and of orders are killed. In the end nothing may be held that no order has, no point may be lost or made, and
 * nobody may have two sessions of one token.
 * @param options.attempts how many checkouts there are, at least; @param options.kills how many processes are killed, at least.
 */
export async function accountsSurvive(
  cluster: Cluster,
  options: { readonly seed: number; readonly attempts: number; readonly kills: number },
): Promise<Verdict[]> {
  const shop = await openShop(cluster);
  const random = createRandom(options.seed);
  const orders = Math.ceil(options.attempts / (2 * COLLECTORS));
  const crowd = await gatherCrowd(shop, {
    ...{ collectors: COLLECTORS, members: MEMBERS, orders },
    credit: Math.ceil(options.attempts / 4),
  });
  const told: Told = {
    ...{ placed: new Map(), successors: new Map(), wrong: [] },
    ...{ merges: 0, exchanges: 0 },
  };
  const killer = killNowAndThen(shop.victims, random.fork(1_000));
  let attempts = 0;
  const goesOn = () => attempts < options.attempts || killer.kills < options.kills;
  const people = [...crowd.collectors, ...crowd.members];
  try {
    await Promise.all([
      ...[...people, ...people].map((person, index) =>
        shopAs(shop, person, { random: random.fork(index), told, goesOn: () => goesOn() && (attempts += 1) > 0 }),
      ),
      ...crowd.collectors.map((person, index) =>
        exchange(shop, person, { random: random.fork(100 + index), told, goesOn }),
      ),
      mergeNowAndThen(shop, crowd, { random: random.fork(200), told, goesOn }),
      // What is under way ends in peace: a checkout of a killed process waits for the end of its lease.
      until('everything was tried', TRIED_MS, () => !goesOn()).then(() => killer.stop()),
    ]);
  } finally {
    await killer.stop();
  }
  await settle(shop);
  const kills = `${killer.kills} kills, ${attempts} checkouts, ${told.placed.size} placed, ${shop.client.repeats} repeats`;
  return [
    { promise: 'no orphan hold', broken: await orphans(shop, crowd, told), figure: kills },
    {
      promise: 'points and credit conserved',
      broken: await conservation(shop, crowd),
      figure: `${told.merges} merges`,
    },
    { promise: 'accounts = ledger', broken: await differing(shop), figure: 'every account rebuilt' },
    { promise: 'audit chain whole', broken: await auditFaults(shop, told), figure: `${told.merges} merges in it` },
    {
      promise: 'one successor of a token',
      broken: [...told.wrong, ...(await sessionFaults(told, shop))],
      figure: `${told.exchanges} exchanges, ${told.successors.size} tokens`,
    },
  ];
}

interface Part {
  readonly random: Random;
  readonly told: Told;
  readonly goesOn: () => boolean;
}

/** Buys again and again, each time until it is decided what came of it. */
async function shopAs(shop: Shop, person: ShopPerson, { random, told, goesOn }: Part): Promise<void> {
  const { client, variantId } = shop;
  while (goesOn()) {
    const lines = [{ variantId, quantity: 1 }];
    const { cartCreate } = await client.tell<{ cartCreate: { cart: { id: string } } }>(person.caller, 'orders', CART, {
      ...{ currency: 'EUR', country: 'DE', lines, idempotencyKey: newId() },
    });
    const input = {
      ...{ cartId: cartCreate.cart.id, tenders: [{ kind: person.tender }], idempotencyKey: newId() },
      shippingAddress: { city: 'Berlin', postalCode: '10119', country: 'DE' },
    };
    for (let isOpen = true; isOpen;) {
      const { checkout } = await client.tell<{
        checkout: { __typename: string; order?: { id: string }; declineCode?: string; code?: string };
      }>(person.caller, 'orders', CHECKOUT, input);
      isOpen = checkout.__typename === 'PaymentPending' || checkout.__typename === 'Busy';
      if (isOpen) await pause(random.between(20, 200));
      else if (checkout.order) told.placed.set(checkout.order.id, person);
      else {
        const reason = checkout.declineCode ?? checkout.code ?? '';
        if (!/^(insufficient_points|CREDIT_EXCEEDED)$/.test(reason)) told.wrong.push(`a checkout: ${reason}`);
      }
    }
    await pause(random.between(0, 200));
  }
}

/** Exchanges a session's token, sometimes twice at once, as a client does that runs in two tabs. */
async function exchange(shop: Shop, person: ShopPerson, { random, told, goesOn }: Part): Promise<void> {
  const guest = { role: 'guest', subject: 'guest', channel: shop.channel, scopes: [] } as const;
  let refreshToken = person.refreshToken!;
  for (let count = 0; count < MOST_EXCHANGES && goesOn(); count += 1) {
    const at = random.next() < 0.4 ? 2 : 1;
    const answers = await Promise.all(
      Array.from({ length: at }, () =>
        shop.client.tell<{ sessionRefresh: { __typename: string; refreshToken?: string } }>(
          guest,
          'customers',
          REFRESH,
          {
            refreshToken,
          },
        ),
      ),
    );
    const known = told.successors.get(refreshToken) ?? new Set();
    told.successors.set(refreshToken, known);
    for (const { sessionRefresh: answer } of answers) {
      told.exchanges += 1;
      if (answer.refreshToken) known.add(answer.refreshToken);
      else if (answer.__typename !== 'Busy')
        told.wrong.push(`a session whose client did nothing wrong: ${answer.__typename}`);
    }
    refreshToken = [...known][0] ?? refreshToken;
    await pause(random.between(100, 800));
  }
}

/** Merges two collectors, and takes them apart again more often than not. */
async function mergeNowAndThen(shop: Shop, { collectors }: Crowd, { random, told, goesOn }: Part): Promise<void> {
  const staff = staffOf(shop);
  const { client } = shop;
  const versionOf = async (id: string) =>
    (await client.ask<{ customer: { version: number } }>(staff, 'customers', VERSION, { id })).customer.version;
  const free = [...collectors];
  while (goesOn() && free.length > 1) {
    const [survivor, absorbed] = [free[0]!, free[1]!];
    const [survivorId, absorbedId] = [survivor.customerId, absorbed.customerId];
    const { customerMerge } = await client.tell<{
      customerMerge: { __typename: string; mergeId?: string; code?: string; message?: string };
    }>(staff, 'customers', MERGE, {
      ...{ survivorId, absorbedId, idempotencyKey: newId() },
      expectedSurvivorVersion: await versionOf(survivorId),
      expectedAbsorbedVersion: await versionOf(absorbedId),
    });
    if (customerMerge.__typename === 'VersionConflict' || customerMerge.__typename === 'Busy') continue;
    if (customerMerge.mergeId === undefined) told.wrong.push(`a merge: ${JSON.stringify(customerMerge)}`);
    told.merges += 1;
    await pause(random.between(200, 900));
    if (random.next() < 0.3) {
      free.shift();
      free.shift();
      continue;
    }
    for (let isBusy = true; isBusy;) {
      const { customerUnmerge } = await client.tell<{ customerUnmerge: { __typename: string; code?: string } }>(
        staff,
        'customers',
        UNMERGE,
        { mergeId: customerMerge.mergeId, idempotencyKey: newId() },
      );
      isBusy = customerUnmerge.__typename === 'Busy';
      if (!isBusy && customerUnmerge.code !== undefined)
        told.wrong.push(`an unmerge: ${JSON.stringify(customerUnmerge)}`);
    }
    await pause(random.between(50, 300));
  }
}

/** Until every checkout has ended and every event was heard. */
async function settle({ client, orders, customers }: Shop): Promise<void> {
  await until('every checkout ends', SETTLED_MS, async () => {
    const { openCheckouts } = await client.serve<{ openCheckouts: unknown[] }>('orders', OPEN);
    return openCheckouts.length === 0;
  });
  await until('every event is published', SETTLED_MS, async () => {
    const [theirs] = await orders.sql`select 1 from orders.outbox where published_at is null limit 1`;
    const [own] = await customers.sql`select 1 from customers.outbox where published_at is null limit 1`;
    return !theirs && !own;
  });
  await until('nothing is held', SETTLED_MS, async () => {
    const [held] = await customers.sql`select 1 from customers.holds where state = 'HELD' limit 1`;
    return !held;
  });
}

interface Hold {
  readonly key: string;
  readonly kind: string;
  readonly state: string;
  readonly amount: number;
}

/** Holds that no order has, orders without their hold, and what somebody was told that is not so. */
async function orphans(shop: Shop, crowd: Crowd, told: Told): Promise<string[]> {
  const holds = await shop.customers.sql<Hold[]>`
    select hold_key as key, kind, state, amount::int from customers.holds where kind in ('POINTS', 'CREDIT')`;
  const rows = await shop.orders.sql<{ id: string; key: string | null; kind: string; amount: number }[]>`
    select o.order_id as id, o.hold_key as key, p.kind, p.amount_minor::int as amount
    from orders.orders o join orders.payments p using (order_id) where p.kind in ('POINTS', 'TERMS')`;
  const orderOf = new Map(rows.map((row) => [row.key, row]));
  const wrong = holds.flatMap(({ key, kind, state, amount }) => {
    const order = orderOf.get(key);
    if (!order) return state === 'RELEASED' || state === 'EXPIRED' ? [] : [`${key} is ${state} for no order`];
    const paid = order.kind === 'TERMS' ? 'CREDIT' : 'POINTS';
    return state === 'CONFIRMED' && kind === paid && amount === order.amount
      ? []
      : [`${key}: ${kind} ${state} ${amount}, but the order took ${paid} ${order.amount}`];
  });
  const held = new Set(holds.map(({ key }) => key));
  wrong.push(...rows.filter(({ key }) => !key || !held.has(key)).map(({ id }) => `order ${id} has no hold`));
  const ids = new Set(rows.map(({ id }) => id));
  wrong.push(
    ...[...told.placed.keys()].filter((id) => !ids.has(id)).map((id) => `order ${id} was told, but is not there`),
  );
  const mine = [...crowd.collectors, ...crowd.members].map(({ customerId }) => customerId);
  const there = await shop.orders.sql<{ id: string }[]>`
    select order_id as id from orders.orders where customer_id = any(${mine}::uuid[])`;
  for (const { id } of there) if (!told.placed.has(id)) wrong.push(`order ${id} is there, but nobody was told`);
  return wrong;
}

/** What was granted against what is left and what orders took. */
async function conservation(shop: Shop, crowd: Crowd): Promise<string[]> {
  const ids = crowd.collectors.map(({ customerId }) => customerId);
  const buyers = [...ids, ...crowd.members.map(({ customerId }) => customerId)];
  const [points] = await shop.customers.sql<{ balance: number; held: number; lowest: number }[]>`
    select coalesce(sum(balance), 0)::int as balance, coalesce(sum(held), 0)::int as held, coalesce(min(balance), 0)::int as lowest
    from customers.accounts where kind = 'POINTS' and owner_id = any(${ids}::uuid[])`;
  const [credit] = await shop.customers.sql<{ balance: number; held: number; limit: number }[]>`
    select balance::int, held::int, limit_amount::int as limit from customers.accounts
    where kind = 'CREDIT' and owner_id = ${crowd.companyLocationId}`;
  const spent = async (kind: string) => {
    const [row] = await shop.orders.sql<{ sum: number }[]>`
      select coalesce(sum(p.amount_minor), 0)::int as sum from orders.payments p join orders.orders o using (order_id)
      where p.kind = ${kind} and o.customer_id = any(${buyers}::uuid[])`;
    return row!.sum;
  };
  const wrong: string[] = [];
  const [byPoints, onAccount] = [await spent('POINTS'), await spent('TERMS')];
  if (points!.balance + byPoints !== crowd.grantedPoints || points!.held !== 0 || points!.lowest < 0)
    wrong.push(`${crowd.grantedPoints} points were granted, ${byPoints} spent, but ${JSON.stringify(points)} is left`);
  if (-credit!.balance !== onAccount || credit!.held !== 0 || onAccount > credit!.limit)
    wrong.push(`${onAccount} were bought on account, but it says ${JSON.stringify(credit)}`);
  return wrong;
}

async function differing({ client }: Shop): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const { verifyAccounts }: { verifyAccounts: { cursor: string | null; differences: unknown[] } } =
      await client.serve('customers', VERIFY, { after: cursor });
    found.push(...verifyAccounts.differences.map((each) => JSON.stringify(each)));
    cursor = verifyAccounts.cursor;
  } while (cursor !== null);
  return found;
}

/** The chain must hold together, and have every merge that was acknowledged. */
async function auditFaults(shop: Shop, told: Told): Promise<string[]> {
  await until('every act of staff is in the chain', SETTLED_MS, async () => {
    const [row] = await shop.customers.sql<{ merges: number; entries: number }[]>`
      select (select count(*)::int from customers.merges) as merges,
        (select count(*)::int from customers.audit_entries where action = 'Mutation.customerMerge' and outcome = 'DONE') as entries`;
    return row!.entries >= row!.merges && row!.merges >= told.merges;
  });
  const wrong: string[] = [];
  let cursor: string | null = null;
  do {
    const { auditVerify }: { auditVerify: { ok: boolean; reason: string | null; cursor: string | null } } =
      await shop.client.ask(staffOf(shop), 'customers', AUDIT, { after: cursor });
    if (!auditVerify.ok) wrong.push(`the chain is broken: ${auditVerify.reason}`);
    cursor = auditVerify.cursor;
  } while (cursor !== null && wrong.length === 0);
  return wrong;
}

/** No token has two successors, and what came last of each session works. */
async function sessionFaults({ successors }: Told, { client, channel }: Shop): Promise<string[]> {
  const wrong = [...successors.values()]
    .filter(({ size }) => size > 1)
    .map(({ size }) => `a refresh token has ${size} successors`);
  const guest = { role: 'guest', subject: 'guest', channel, scopes: [] } as const;
  const last = [...successors.values()].flatMap((known) => [...known].filter((token) => !successors.has(token)));
  for (const refreshToken of last) {
    const { sessionRefresh } = await client.tell<{ sessionRefresh: { __typename: string } }>(
      guest,
      'customers',
      REFRESH,
      {
        refreshToken,
      },
    );
    if (sessionRefresh.__typename !== 'SessionRefreshed')
      wrong.push(`the last token of a session: ${sessionRefresh.__typename}`);
  }
  return wrong;
}
