import { describe, expect, it } from 'vitest';
import { createResponseStream, type ResponseSource } from './response-stream.ts';

const DONE = { done: true, value: undefined };

/** A source that a test feeds. */
function createSource() {
  const told = { returns: 0, ends: 0 };
  let waiting: PromiseWithResolvers<IteratorResult<unknown, unknown>> | undefined;
  const source: ResponseSource = {
    events: {
      next: () => (waiting = Promise.withResolvers()).promise,
      async return() {
        told.returns += 1;
        waiting?.resolve({ done: true, value: undefined });
        return { done: true, value: undefined };
      },
    },
    respond: (event) => ({ data: { event } }),
    end: () => (told.ends += 1),
  };
  return {
    source,
    told,
    tell: (event: unknown) => waiting!.resolve({ done: false, value: event }),
    finish: () => waiting!.resolve({ done: true, value: undefined }),
    fail: (error: Error) => waiting!.reject(error),
  };
}

const turns = () => new Promise((resolve) => setImmediate(resolve));

describe('the responses of a subscription', () => {
  it('are opened by the first request for one, and are those to its events in order', async () => {
    const { source, tell, finish, told } = createSource();
    let opened = 0;
    const stream = createResponseStream(async () => ((opened += 1), source), undefined);
    expect(opened).toBe(0);
    for (const event of [1, 2]) {
      const next = stream.next();
      await turns();
      tell(event);
      expect(await next).toEqual({ done: false, value: { data: { event } } });
    }
    const last = stream.next();
    finish();
    expect([await last, await stream.next()]).toEqual([DONE, DONE]);
    expect([opened, told.ends]).toEqual([1, 1]);
  });

  it('end at once while the next is waited for, and end their source once', async () => {
    const { source, told } = createSource();
    const stream = createResponseStream(async () => source, undefined);
    const next = stream.next();
    await turns();
    expect(await stream.return!()).toEqual(DONE);
    await stream.return!();
    expect(await next).toEqual(DONE);
    expect(told).toEqual({ returns: 1, ends: 1 });
  });

  it.each(['before they begin', 'while they are opened', 'while the next is waited for'])(
    'end with the signal that comes %s',
    async (when) => {
      const { source, told } = createSource();
      const opening = Promise.withResolvers<void>();
      const controller = new AbortController();
      if (when === 'before they begin') controller.abort();
      const stream = createResponseStream(async () => {
        await opening.promise;
        return source;
      }, controller.signal);
      const next = stream.next();
      if (when === 'while they are opened') controller.abort();
      opening.resolve();
      await turns();
      controller.abort();
      expect([await next, await stream.next()]).toEqual([DONE, DONE]);
      expect(told).toEqual({ returns: 1, ends: 1 });
    },
  );

  it('fail once with what the source or its opening fails with, and are over then', async () => {
    const { source, fail, told } = createSource();
    const stream = createResponseStream(async () => source, undefined);
    const next = stream.next();
    await turns();
    fail(new Error('the source broke'));
    await expect(next).rejects.toThrow('the source broke');
    expect(await stream.next()).toEqual(DONE);
    expect(told.ends).toBe(1);
    const refused = createResponseStream(() => Promise.reject(new Error('no source')), undefined);
    await expect(refused.next()).rejects.toThrow('no source');
    expect(await refused.next()).toEqual(DONE);
  });

  it('are one when there is no source', async () => {
    const stream = createResponseStream(async () => ({ only: { data: null } }), undefined);
    expect([await stream.next(), await stream.next()]).toEqual([{ done: false, value: { data: null } }, DONE]);
  });
});
