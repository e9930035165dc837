import { requestFault } from '@kontor/kit/src/errors.ts';
import type { GraphResult } from '@kontor/kit/src/graph/graph.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collect } from '../fixture/collect.ts';
import { settle } from '../traffic/fixture/manual-timing.ts';
import {
  CHANGED_CATALOGUE,
  closePlanners,
  composeShop,
  openLiveShop,
  staffCaller,
  type LiveShop,
  type Source,
} from './fixture/live-shop.ts';

const LIVE = `subscription Live($ids: [ID!]!) { levelChanged(ids: $ids) { snapshot variants { id level title } } }`;
const IDS = { variables: { ids: ['v1', 'v2'] } };
const change = (...ids: string[]) => ({ snapshot: false, variants: ids.map((id) => ({ id })) });
const told = (...ids: string[]) => ({
  data: {
    levelChanged: {
      snapshot: false,
      variants: ids.map((id) => ({ id, level: Number(id.slice(1)), title: `Title ${id}` })),
    },
  },
});
const failure = (code: string, retryable: boolean, message?: string) => ({
  errors: [
    {
      ...(message === undefined ? { message: expect.any(String) } : { message }),
      extensions: { code, retryable, requestId: 'request-1', docUrl: `/errors/${code}` },
    },
  ],
});
const event = (value: unknown) => ({ done: false, value });
const DONE = { done: true, value: undefined };

let shop: LiveShop;
beforeEach(async () => {
  shop = await openLiveShop();
});
afterEach(() => shop.close());
afterAll(closePlanners);

/** The sources that stock was asked to open, when there are so many. */
const sources = (count: number): Promise<Source[]> =>
  eventually(() => {
    expect(shop.sources).toHaveLength(count);
    return shop.sources;
  });
/** Subscribes, and waits until stock has been reached. */
async function open(query = LIVE, options: Parameters<LiveShop['subscribe']>[1] = IDS, count = 1) {
  const events = shop.subscribe(query, options);
  const first = events.next();
  const [source] = (await sources(count)).slice(-1);
  return { events, first, source: source! };
}
const metric = async (name: string) => (await shop.registry.getSingleMetric(name)!.get()).values;

describe('a subscription', () => {
  it('joins each event with what other subgraphs know, in order, for the caller of the subscription', async () => {
    const { events, first, source } = await open();
    source.push(change('v1', 'v2'));
    expect(await first).toEqual(event(told('v1', 'v2')));
    source.push(change('v3'));
    source.push(change('v4'));
    source.end();
    expect(await collect(events)).toEqual([told('v3'), told('v4')]);
    expect(source).toMatchObject({ field: 'levelChanged', args: { ids: ['v1', 'v2'] } });
    expect(shop.lookups.map(({ id, subject, requestId }) => [id, subject, requestId])).toEqual(
      ['v1', 'v2', 'v3', 'v4'].map((id) => [id, 'guest', 'request-1']),
    );
    expect(shop.upstreams.size).toBe(0);
    expect(await metric('subscriptions_ended_total')).toEqual([
      { value: 1, labels: { graph: 'router', end: 'completed' } },
    ]);
  });

  it('asks nobody else where its subgraph knows everything', async () => {
    const { first, source } = await open(
      'subscription { levelChanged(ids: []) { __typename same: snapshot variants { __typename id level } } }',
      {},
    );
    source.push(change('v1'));
    expect(await first).toEqual(
      event({
        data: {
          levelChanged: {
            __typename: 'Change',
            same: false,
            variants: [{ __typename: 'Variant', id: 'v1', level: 1 }],
          },
        },
      }),
    );
    expect(shop.lookups).toEqual([]);
  });

  it('leaves out of each event what its conditions leave out', async () => {
    const query = `subscription ($ids: [ID!]!, $no: Boolean!) {
      levelChanged(ids: $ids) { snapshot variants @include(if: $no) { title } } }`;
    const { first, source } = await open(query, { variables: { ids: [], no: false } });
    source.push(change('v1'));
    expect(await first).toEqual(event({ data: { levelChanged: { snapshot: false } } }));
    expect(shop.lookups).toEqual([]);
  });

  it('passes on what is wrong with an event, and goes on', async () => {
    const { events, first, source } = await open('subscription { levelChanged(ids: []) { variants { id } } }', {});
    source.push(null);
    expect(await first).toEqual(
      event({
        data: null,
        errors: [
          {
            message: expect.any(String),
            path: ['levelChanged'],
            extensions: { code: 'INTERNAL', retryable: true, requestId: 'request-1', docUrl: '/errors/INTERNAL' },
          },
        ],
      }),
    );
    source.push(change('v1'));
    expect(await events.next()).toEqual(event({ data: { levelChanged: { variants: [{ id: 'v1' }] } } }));
  });

  it('gives a field null that its subgraph gave as null', async () => {
    const { first, source } = await open('subscription { maybe { variants { title } } }', {});
    source.push(null);
    expect(await first).toEqual(event({ data: { maybe: null } }));
  });

  it('tells beside an event what could not be fetched for it, masked and at its place', async () => {
    const { first, source } = await open('subscription { levelChanged(ids: []) { variants { id price } } }', {});
    source.push(change('v1', 'v13'));
    expect(await first).toEqual(
      event({
        data: {
          levelChanged: {
            variants: [
              { id: 'v1', price: 100 },
              { id: 'v13', price: null },
            ],
          },
        },
        errors: [
          {
            message: 'Something broke here. The details are in the log under the request id.',
            path: ['levelChanged', 'variants', 1],
            extensions: { code: 'INTERNAL', retryable: true, requestId: 'request-1', docUrl: '/errors/INTERNAL' },
          },
        ],
      }),
    );
  });

  it('never shows a later event before an earlier one that takes longer', async () => {
    const gate = Promise.withResolvers<void>();
    shop.gate = gate.promise;
    const { events, first, source } = await open();
    source.push(change('v1'));
    source.push(change('v2'));
    await eventually(() => expect(shop.lookups).toHaveLength(1));
    await settle();
    expect(shop.lookups.map(({ id }) => id)).toEqual(['v1']);
    gate.resolve();
    expect([await first, await events.next()]).toEqual([event(told('v1')), event(told('v2'))]);
  });

  it('ends in a way that clients try again when events come faster than they can be completed', async () => {
    const gate = Promise.withResolvers<void>();
    shop.gate = gate.promise;
    const { events, first, source } = await open();
    for (let number = 0; number < 102; number += 1) source.push(change('v1'));
    await eventually(() => expect(source.isClosed).toBe(true));
    expect(shop.upstreams.size).toBe(0);
    gate.resolve();
    expect(await first).toEqual(event(told('v1')));
    expect(await collect(events)).toEqual([
      failure(
        'SERVICE_UNAVAILABLE',
        true,
        'Events came faster than they could be completed from other services. Subscribe again.',
      ),
    ]);
  });

  it('ends in a way that clients try again when its client reads too slowly', async () => {
    const { events, first, source } = await open('subscription { levelChanged(ids: []) { snapshot } }', {});
    source.push(change());
    await first;
    for (let number = 0; number < 101; number += 1) source.push(change());
    await eventually(() => expect(source.isClosed).toBe(true));
    expect(await collect(events)).toEqual([
      failure('SERVICE_UNAVAILABLE', true, 'This client reads too slowly. Subscribe again.'),
    ]);
    expect(await metric('subscriptions_ended_total')).toEqual([{ value: 1, labels: { graph: 'router', end: 'slow' } }]);
  });

  it('ends with an error that clients try again when its subgraph breaks off', async () => {
    const { events, first, source } = await open();
    source.push(change('v1'));
    await first;
    source.fail(requestFault('SERVICE_UNAVAILABLE', 'The subscription to stock broke off.'));
    expect(await collect(events)).toEqual([
      failure('SERVICE_UNAVAILABLE', true, 'The subscription to stock broke off.'),
    ]);
    expect(await metric('subscriptions_ended_total')).toEqual([
      { value: 1, labels: { graph: 'router', end: 'failed' } },
    ]);
  });

  it('tells nothing of the inside when its source breaks', async () => {
    const { events, first, source } = await open();
    source.fail(new Error('select * from levels'));
    expect(await first).toEqual(
      event(failure('INTERNAL', true, expect.stringContaining('Something broke here') as never)),
    );
    expect(await events.next()).toEqual(DONE);
  });
});

describe('a client that leaves', () => {
  it('ends the subscription of the subgraph at once, and a read that is under way', async () => {
    const { events, first, source } = await open();
    await events.return!();
    expect(await first).toEqual(DONE);
    await eventually(() => expect(source.isClosed).toBe(true));
    expect(shop.upstreams.size).toBe(0);
    expect(await metric('subscriptions_open')).toEqual([{ value: 0, labels: { graph: 'router' } }]);
    expect(await metric('subscription_upstreams_open')).toEqual([{ value: 0, labels: {} }]);
  });

  it('by its signal is the same', async () => {
    const leaving = new AbortController();
    const { events, first, source } = await open(LIVE, { ...IDS, signal: leaving.signal });
    leaving.abort();
    expect(await first).toEqual(DONE);
    expect(await events.next()).toEqual(DONE);
    await eventually(() => expect(source.isClosed).toBe(true));
  });

  it('while an event is completed does not wait for it', async () => {
    shop.gate = new Promise(() => undefined);
    const { events, first, source } = await open();
    source.push(change('v1'));
    await eventually(() => expect(shop.lookups).toHaveLength(1));
    await events.return!();
    expect(await first).toEqual(DONE);
    await eventually(() => expect(source.isClosed).toBe(true));
  });

  it('before the subscription is planned opens nothing', async () => {
    const events = shop.subscribe(LIVE, IDS);
    const first = events.next();
    await events.return!();
    expect(await first).toEqual(DONE);
    // The plan is there when another has been made behind it.
    await open('subscription { levelChanged(ids: []) { snapshot } }', {});
    expect(shop.sources).toHaveLength(1);
  });

  it('before it begins opens nothing', async () => {
    const leaving = new AbortController();
    leaving.abort();
    expect(await collect(shop.subscribe(LIVE, { ...IDS, signal: leaving.signal }))).toEqual([]);
    const left = shop.subscribe(LIVE, IDS);
    await left.return!();
    expect(await left.next()).toEqual(DONE);
    expect(shop.sources).toEqual([]);
    expect(shop.charged).toEqual([]);
  });
});

describe('identical subscriptions of callers whom nothing tells apart', () => {
  it('share one subscription of the subgraph and one execution for each event, and each is charged', async () => {
    const { first, source } = await open();
    const other = shop.subscribe(LIVE, { ...IDS, requestId: 'request-2' });
    const second = other.next();
    await eventually(() => expect(shop.charged).toHaveLength(2));
    await settle();
    source.push(change('v1', 'v13'));
    const [mine, theirs] = [await first, await second];
    expect(mine.value.data).toBe(theirs.value.data);
    expect(mine.value.errors![0].extensions).toMatchObject({ requestId: 'request-1' });
    expect(theirs.value.errors![0].extensions).toMatchObject({ requestId: 'request-2' });
    expect(shop.sources).toHaveLength(1);
    expect(shop.lookups.map(({ id }) => id)).toEqual(['v1', 'v13']);
    expect(await metric('subscription_events_total')).toEqual([
      { value: 1, labels: { graph: 'router', outcome: 'error' } },
    ]);
  });

  it('share the subscription of the subgraph where only the rest differs', async () => {
    const withPrice = LIVE.replace('title', 'title price');
    // Planned now, so that it joins as soon as it was charged.
    await (
      await open(withPrice)
    ).events.return!();
    const { first, source } = await open(LIVE, IDS, 2);
    const second = shop.subscribe(withPrice, IDS).next();
    await eventually(() => expect(shop.charged).toHaveLength(3));
    await settle();
    source.push(change('v1'));
    expect(await first).toEqual(event(told('v1')));
    expect((await second).value.data.levelChanged.variants).toEqual([
      { id: 'v1', level: 1, title: 'Title v1', price: 100 },
    ]);
    expect(shop.sources).toHaveLength(2);
  });

  it('end with the last', async () => {
    const { events, source } = await open();
    const other = shop.subscribe(LIVE, IDS);
    const second = other.next();
    await eventually(() => expect(shop.charged).toHaveLength(2));
    await settle();
    await events.return!();
    source.push(change('v1'));
    expect(await second).toEqual(event(told('v1')));
    expect(source.isClosed).toBe(false);
    await other.return!();
    await eventually(() => expect(source.isClosed).toBe(true));
  });

  it('do not wait for the slowest, and lose nobody but the slowest', async () => {
    const query = 'subscription { levelChanged(ids: []) { snapshot } }';
    const { first, source, events } = await open(query, {});
    const slow = shop.subscribe(query, {});
    const second = slow.next();
    await eventually(() => expect(shop.charged).toHaveLength(2));
    await settle();
    const read = [];
    for (let number = 0; number < 102; number += 1) read.push(number === 0 ? first : events.next());
    for (let number = 0; number < 102; number += 1) source.push(change());
    await Promise.all(read);
    await second;
    expect(await collect(slow)).toEqual([failure('SERVICE_UNAVAILABLE', true)]);
    expect(source.isClosed).toBe(false);
    source.push(change());
    expect((await events.next()).done).toBe(false);
  });

  it('are opened anew after the first event, which may be a snapshot', async () => {
    const { first, source } = await open();
    source.push(change('v1'));
    await first;
    const later = await open(LIVE, IDS, 2);
    later.source.push(change('v2'));
    expect(await later.first).toEqual(event(told('v2')));
    expect(shop.upstreams.size).toBe(2);
  });

  it('are joined after the first event where the field has no snapshot', async () => {
    await shop.close();
    shop = await openLiveShop({ withoutSnapshot: new Set(['levelChanged']) });
    const { first, source } = await open();
    source.push(change('v1'));
    await first;
    const other = shop.subscribe(LIVE, IDS);
    const second = other.next();
    await eventually(() => expect(shop.charged).toHaveLength(2));
    await settle();
    source.push(change('v2'));
    expect(await second).toEqual(event(told('v2')));
    expect(shop.sources).toHaveLength(1);
  });

  it.each([
    ['variables', { variables: { ids: ['v9'] } }],
    ['caller', { ...IDS, caller: staffCaller([]) }],
    ['headers', { ...IDS, headers: { 'x-trial': '1' } }],
    ['version of a subgraph', { ...IDS, versions: { stock: 'next' } }],
  ])('do not share with who has another %s', async (_what, options) => {
    await open();
    await open(LIVE, options, 2);
    expect(shop.upstreams.size).toBe(2);
  });
});

describe('another schema', () => {
  it('ends every subscription within a second, in parts, with an error that clients try again', async () => {
    await shop.close();
    const parts = [0, 0.99];
    shop = await openLiveShop({ random: () => parts.shift() ?? 0.5 });
    const one = await open();
    const two = await open(LIVE, { variables: { ids: ['v2'] } }, 2);
    const changed = failure('SUBSCRIPTION_SCHEMA_CHANGED', true, 'The schema has changed. Subscribe again.');
    await shop.generations.update(composeShop(CHANGED_CATALOGUE));
    await shop.timing.advance(0);
    expect([await one.first, await one.events.next()]).toEqual([event(changed), DONE]);
    await eventually(() => expect(one.source.isClosed).toBe(true));
    expect(two.source.isClosed).toBe(false);

    // Who subscribes meanwhile is on the new one and stays.
    const three = await open('subscription { levelChanged(ids: []) { variants { weight } } }', {}, 3);
    await shop.timing.advance(1_000);
    expect([await two.first, await two.events.next()]).toEqual([event(changed), DONE]);
    await eventually(() => expect(two.source.isClosed).toBe(true));
    expect(three.source.isClosed).toBe(false);
    expect(await metric('subscriptions_ended_total')).toEqual([
      { value: 2, labels: { graph: 'router', end: 'schema changed' } },
    ]);
  });

  it('keeps what waits for a slow client before the error', async () => {
    const { events, first, source } = await open();
    source.push(change('v1'));
    await first;
    source.push(change('v2'));
    await eventually(() => expect(shop.lookups).toHaveLength(2));
    await settle();
    await shop.generations.update(composeShop(CHANGED_CATALOGUE));
    await shop.timing.advance(1_000);
    expect(await collect(events)).toEqual([told('v2'), failure('SUBSCRIPTION_SCHEMA_CHANGED', true)]);
  });
});

describe('a caller who may not see everything', () => {
  it('is told beside each event what was refused', async () => {
    const { first, source } = await open('subscription { levelChanged(ids: []) { variants { id margin } } }', {});
    source.push(change('v1'));
    const { data, errors } = (await first).value as GraphResult;
    expect(data).toEqual({ levelChanged: { variants: [{ id: 'v1', margin: null }] } });
    expect(errors).toEqual([
      expect.objectContaining({ extensions: expect.objectContaining({ code: 'FORBIDDEN', retryable: false }) }),
    ]);
    expect(shop.lookups).toEqual([]);
  });

  it('gets all of it with the scope', async () => {
    const { first, source } = await open('subscription { levelChanged(ids: []) { variants { margin } } }', {
      caller: staffCaller(['margins']),
    });
    source.push(change('v1'));
    expect(await first).toEqual(event({ data: { levelChanged: { variants: [{ margin: 7 }] } } }));
  });

  it('gets one event with the refusal when nothing is left', async () => {
    const events = await collect(shop.subscribe('subscription { audit { snapshot } }'));
    expect(events).toEqual([{ data: { audit: null }, errors: [expect.objectContaining({ path: ['audit'] })] }]);
    expect(shop.sources).toEqual([]);
  });
});

describe('a request that is no subscription', () => {
  it.each([
    ['is not GraphQL', 'subscription {', 'GRAPHQL_PARSE_FAILED'],
    ['selects what there is not', 'subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'has several root fields',
      'subscription { a: maybe { snapshot } b: maybe { snapshot } }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'leaves its field to a variable',
      'subscription ($no: Boolean!) { maybe @include(if: $no) { snapshot } }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['lacks a variable', LIVE, 'BAD_USER_INPUT'],
  ])('is answered by one event with errors when it %s', async (_case, query, code) => {
    const [first, ...more] = await collect(shop.subscribe(query));
    expect(first!.data).toBeUndefined();
    expect(first!.errors!.map(({ extensions }) => extensions?.['code'])).toEqual([code]);
    expect(more).toEqual([]);
    expect(shop.charged).toEqual([]);
  });

  it('throws when it is a query', async () => {
    await expect(collect(shop.subscribe('{ levels }'))).rejects.toThrow('This is not a subscription.');
    expect(await metric('subscriptions_open')).toEqual([{ value: 0, labels: { graph: 'router' } }]);
  });

  it('throws what refuses to charge for it', async () => {
    await shop.close();
    shop = await openLiveShop({
      charge: () => {
        throw requestFault('RATE_LIMITED', 'Enough.');
      },
    });
    await expect(collect(shop.subscribe(LIVE, IDS))).rejects.toMatchObject({ extensions: { code: 'RATE_LIMITED' } });
    expect(shop.sources).toEqual([]);
  });

  it('is answered with nothing when its condition leaves its field out', async () => {
    const events = await collect(shop.subscribe('subscription { maybe @include(if: false) { snapshot } }'));
    expect(events).toEqual([{ data: {} }]);
    expect(shop.sources).toEqual([]);
  });
});

it('tells the price beside the first event', async () => {
  await shop.close();
  shop = await openLiveShop({ charge: (cost) => ({ headers: {}, extensions: { cost } }) });
  const { events, first, source } = await open();
  source.push(change('v1'));
  source.push(change('v2'));
  expect((await first).value.extensions).toEqual({ cost: expect.any(Number) });
  expect(await events.next()).toEqual(event(told('v2')));
});
