import { guestOf } from '@kontor/kit/src/auth/caller.ts';
import type { Call, GraphClient, GraphRequest, GraphResult } from '@kontor/kit/src/graph/graph.ts';
import { describe, expect, it } from 'vitest';
import { shareInFlight, wasShared } from './share-in-flight.ts';

const READ: GraphRequest = { query: '{a{b}}', variables: { x: 1 }, kind: 'query' };
const call = (more: Partial<Call> = {}): Call => ({ caller: guestOf('web'), requestId: 'r', ...more });

/** A client whose answers come when the test says so. */
function held() {
  const calls: { call: Call; resolve: (result: unknown) => void; reject: (reason: unknown) => void }[] = [];
  const client: GraphClient = {
    execute: (_request, received) =>
      new Promise((resolve, reject) => {
        calls.push({ call: received, resolve: resolve as never, reject });
      }),
    subscribe: () => {
      throw new Error('none');
    },
  };
  return { calls, shared: shareInFlight(client, 'products') };
}
const answer = () => ({ data: { a: { b: [1, { c: null }] } }, errors: [{ message: 'm' }] });

describe('shareInFlight', () => {
  it('asks once for identical reads and gives each sharer an answer of its own', async () => {
    const { calls, shared } = held();
    const pending = [1, 2, 3].map((n) => shared.execute(READ, call({ requestId: `r${n}`, issuer: `i${n}` })));
    expect(calls).toHaveLength(1);
    expect(calls[0]!.call.requestId).toBe('r1');
    calls[0]!.resolve(answer());
    const given = await Promise.all(pending);
    expect(given).toEqual([answer(), answer(), answer()]);
    const parts = given.flatMap((one) => [one, one.data, (one.data as { a: object }).a, one.errors]);
    expect(new Set(parts).size).toBe(12);
    expect(given.map(wasShared)).toEqual([false, true, true]);
  });

  it('asks again when the answer has come', async () => {
    const { calls, shared } = held();
    const first = shared.execute(READ, call());
    calls[0]!.resolve(answer());
    await first;
    void shared.execute(READ, call());
    expect(calls).toHaveLength(2);
  });

  it('lets all sharers fail together, also when the client throws at once', async () => {
    const { calls, shared } = held();
    const pending = [shared.execute(READ, call()), shared.execute(READ, call())];
    const reason = new Error('gone');
    calls[0]!.reject(reason);
    expect(await Promise.allSettled(pending)).toEqual([1, 2].map(() => ({ status: 'rejected', reason })));

    const throwing = shareInFlight(
      {
        execute: () => {
          throw reason;
        },
        subscribe: shared.subscribe,
      },
      'products',
    );
    await expect(throwing.execute(READ, call())).rejects.toBe(reason);
  });

  it.each<[string, GraphRequest, Partial<Call>]>([
    ['another document', { ...READ, query: '{b}' }, {}],
    ['other variables', { ...READ, variables: { x: 2 } }, {}],
    ['another operation', { ...READ, operationName: 'B' }, {}],
    ['another caller', READ, { caller: guestOf('pos') }],
    ['a caller with another claim', READ, { caller: { ...guestOf('web'), customerId: 'c' } }],
    ['other headers that go on', READ, { headers: { 'accept-language': 'de' } }],
    ['another version of a subgraph', READ, { versions: { products: 'next' } }],
    ['a mutation', { ...READ, kind: 'mutation' }, {}],
    ['an unknown kind', { ...READ, kind: undefined }, {}],
    ['a read that must be fresh', { ...READ, fresh: true }, {}],
    ['long variables', { ...READ, variables: { x: 'x'.repeat(100_001) } }, {}],
  ])('does not share with %s', (_what, request, more) => {
    const { calls, shared } = held();
    void shared.execute(READ, call());
    void shared.execute(request, call(more));
    void shared.execute(request, call(more));
    const alike = request.kind === 'query' && request.fresh !== true && JSON.stringify(request).length < 10_000;
    expect(calls).toHaveLength(alike ? 2 : 3);
  });

  it('shares with equal claims in another order', () => {
    const { calls, shared } = held();
    void shared.execute(READ, call());
    void shared.execute(READ, call({ caller: { scopes: [], channel: 'web', subject: 'guest', role: 'guest' } }));
    expect(calls).toHaveLength(1);
  });

  it('lets a sharer leave without the others, and gives the request up when all have left', async () => {
    const { calls, shared } = held();
    const [one, two] = [new AbortController(), new AbortController()];
    const pending = [
      shared.execute(READ, call({ signal: one.signal })),
      shared.execute(READ, call({ signal: two.signal })),
    ];
    one.abort(new Error('one'));
    await expect(pending[0]).rejects.toThrow('one');
    expect(calls[0]!.call.signal!.aborted).toBe(false);
    two.abort(new Error('two'));
    await expect(pending[1]).rejects.toThrow('two');
    expect(calls[0]!.call.signal!.aborted).toBe(true);

    const later = shared.execute(READ, call());
    expect(calls).toHaveLength(2);
    calls[0]!.reject(new Error('abandoned'));
    calls[1]!.resolve(answer());
    expect(await later).toEqual(answer());
  });

  it('asks nobody for a call that is aborted already', async () => {
    const { calls, shared } = held();
    await expect(shared.execute(READ, call({ signal: AbortSignal.abort(new Error('early')) }))).rejects.toThrow(
      'early',
    );
    expect(calls).toHaveLength(0);
  });

  it('asks each for itself beyond a thousand different reads', () => {
    const { calls, shared } = held();
    for (let x = 0; x < 1_000; x++) void shared.execute({ ...READ, variables: { x } }, call());
    void shared.execute({ ...READ, variables: { x: 'more' } }, call());
    void shared.execute({ ...READ, variables: { x: 'more' } }, call());
    expect(calls).toHaveLength(1_002);
    void shared.execute({ ...READ, variables: { x: 5 } }, call());
    expect(calls).toHaveLength(1_002);
  });

  it('passes subscriptions on', () => {
    const events = (async function* (): AsyncGenerator<GraphResult> {})();
    const { shared } = held();
    expect(() => shared.subscribe(READ, call())).toThrow('none');
    expect(
      shareInFlight({ execute: shared.execute, subscribe: () => events as never }, 'a').subscribe(READ, call()),
    ).toBe(events);
  });
});
