import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBatches } from './batches.ts';

interface Item {
  readonly key: string;
  readonly weight?: number;
}

/** A command whose batches end when the test says so. */
function harness(options: { maxWeight?: number; maxWaiting?: number; isCommon?: (error: unknown) => boolean } = {}) {
  const begun: { readonly keys: string[]; end(error?: Error): void }[] = [];
  const batches = createBatches<Item, string>({
    execute: (items) =>
      new Promise((resolve, reject) => {
        const keys = items.map(({ key }) => key);
        const end = (error?: Error) => (error ? reject(error) : resolve(keys.map((key) => `done ${key}`)));
        begun.push({ keys, end });
      }),
    keyOf: ({ key }) => key,
    weight: ({ weight = 1 }) => weight,
    maxWeight: options.maxWeight ?? 100,
    maxWaiting: options.maxWaiting ?? 100,
    isCommon: options.isCommon ?? (() => false),
  });
  const run = (key: string, weight = 1) => {
    const running = batches.run({ key, weight });
    if (!running) throw new Error(`the queue refused ${key}`);
    return running;
  };
  return { batches, begun, run, keys: () => begun.map((each) => each.keys) };
}

/** Until everything that only waits for promises has happened. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('batches', () => {
  it('send a request that finds the queue idle at once and alone, and what arrives meanwhile together and in order', async () => {
    const { begun, run, keys } = harness();
    const outcomes = Promise.all(['a', 'b', 'c', 'd'].map((key) => run(key)));
    expect(keys()).toEqual([['a']]);
    begun[0]!.end();
    await settled();
    expect(keys()).toEqual([['a'], ['b', 'c', 'd']]);
    begun[1]!.end();
    expect(await outcomes).toEqual(['done a', 'done b', 'done c', 'done d']);
  });

  it('tell the outcomes of a batch although the next one has not ended', async () => {
    const { begun, run, keys } = harness();
    const first = run('a');
    void run('b');
    begun[0]!.end();
    expect(await first).toBe('done a');
    expect(keys()).toEqual([['a'], ['b']]);
  });

  it('begin the next batch before those of the last one go on, and take what these ask for into the one after it', async () => {
    const { begun, run, keys } = harness();
    const again = run('a').then(() => run('c'));
    void run('b');
    begun[0]!.end();
    await settled();
    begun[1]!.end();
    await settled();
    begun[2]!.end();
    expect(await again).toBe('done c');
    expect(keys()).toEqual([['a'], ['b'], ['c']]);
  });

  it('never take two requests with one key into one batch, and keep their order', async () => {
    const { begun, run, keys } = harness();
    const outcomes = ['x', 'a', 'b', 'a', 'c', 'a'].map((key) => run(key));
    for (let index = 0; index < 4; index += 1) {
      begun[index]!.end();
      await settled();
    }
    expect(keys()).toEqual([['x'], ['a', 'b', 'c'], ['a'], ['a']]);
    expect(await Promise.all(outcomes)).toHaveLength(6);
  });

  it('take at most the weight, one request that weighs more alone, and let lighter ones go ahead of one that does not fit', async () => {
    const { begun, run, keys } = harness({ maxWeight: 10 });
    void run('x');
    void run('heavy', 40);
    void run('a', 6);
    void run('b', 5);
    void run('c', 4);
    for (let index = 0; index < 3; index += 1) {
      begun[index]!.end();
      await settled();
    }
    expect(keys()).toEqual([['x'], ['heavy'], ['a', 'c'], ['b']]);
  });

  it('refuse what the full queue cannot take, say after what time to come again, and take requests again later', async () => {
    const { batches, begun, run } = harness({ maxWaiting: 2 });
    const outcomes = ['a', 'b', 'c'].map((key) => run(key));
    expect(batches.waiting).toBe(2);
    expect(batches.run({ key: 'd' })).toBeNull();
    expect(batches.retryAfterMs).toBe(50);
    begun[0]!.end();
    await settled();
    expect(batches.waiting).toBe(0);
    outcomes.push(run('d'));
    begun[1]!.end();
    await settled();
    begun[2]!.end();
    expect(await Promise.all(outcomes)).toEqual(['done a', 'done b', 'done c', 'done d']);
  });

  it('try the requests one by one when their batch fails, so that only the one that breaks something hears of it', async () => {
    const executed: string[][] = [];
    const batches = createBatches<Item, string>({
      execute: (items) => {
        const keys = items.map(({ key }) => key);
        executed.push(keys);
        return keys.includes('poison') ? Promise.reject(new Error('poisoned')) : Promise.resolve(keys);
      },
      keyOf: ({ key }) => key,
      weight: () => 1,
      maxWeight: 100,
      maxWaiting: 100,
      isCommon: () => false,
    });
    const outcomes = await Promise.allSettled(['x', 'a', 'poison', 'b'].map(async (key) => batches.run({ key })));
    expect(
      outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : String(outcome.reason))),
    ).toEqual(['x', 'a', 'Error: poisoned', 'b']);
    expect(executed).toEqual([['x'], ['a', 'poison', 'b'], ['a'], ['poison'], ['b']]);
    expect(await batches.run({ key: 'later' })).toBe('later');
  });

  it('fail all of a batch at once when its failure hits every request alike, and go on with the next', async () => {
    const { begun, run, keys } = harness({ isCommon: (error) => (error as Error).message === 'all wait' });
    const first = run('x');
    const failing = Promise.allSettled(['a', 'b'].map((key) => run(key)));
    begun[0]!.end();
    await first;
    begun[1]!.end(new Error('all wait'));
    expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const later = run('c');
    begun[2]!.end();
    expect(await later).toBe('done c');
    expect(keys()).toEqual([['x'], ['a', 'b'], ['c']]);
  });

  it('lose nothing when the command throws instead of answering with a promise that fails', async () => {
    let calls = 0;
    const batches = createBatches<Item, string>({
      execute: (items) => {
        calls += 1;
        if (calls === 1) throw new Error('thrown');
        return Promise.resolve(items.map(({ key }) => key));
      },
      keyOf: ({ key }) => key,
      weight: () => 1,
      maxWeight: 100,
      maxWaiting: 100,
      isCommon: () => false,
    });
    const outcomes = await Promise.allSettled([batches.run({ key: 'a' }), batches.run({ key: 'b' })]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(batches.waiting).toBe(0);
  });

  it('keep no timer, idle or not', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const { begun, run } = harness();
    const outcome = run('a');
    expect(timers()).toBe(before);
    begun[0]!.end();
    await outcome;
    expect(timers()).toBe(before);
  });

  it('answer every request exactly once with its own outcome, whatever fails and however they come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
            weight: fc.integer({ min: 1, max: 12 }),
            fails: fc.boolean(),
            pause: fc.boolean(),
          }),
          { maxLength: 40 },
        ),
        async (items) => {
          const batchKeys: string[][] = [];
          const numbered = items.map((item, number) => ({ ...item, number }));
          const batches = createBatches<(typeof numbered)[number], number>({
            execute: async (requests) => {
              batchKeys.push(requests.map(({ key }) => key));
              await Promise.resolve();
              if (requests.some(({ fails }) => fails)) throw new Error('fails');
              return requests.map(({ number }) => number);
            },
            keyOf: ({ key }) => key,
            weight: ({ weight }) => weight,
            maxWeight: 10,
            maxWaiting: 1_000,
            isCommon: () => false,
          });
          const running: Promise<number | null>[] = [];
          for (const item of numbered) {
            running.push(Promise.resolve(batches.run(item)));
            running.at(-1)!.catch(() => undefined);
            if (item.pause) await settled();
          }
          const outcomes = await Promise.allSettled(running);
          expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : null))).toEqual(
            numbered.map(({ number, fails }) => (fails ? null : number)),
          );
          for (const keys of batchKeys) expect(new Set(keys).size).toBe(keys.length);
          expect(batches.waiting).toBe(0);
        },
      ),
      { seed: 7, numRuns: 100 },
    );
  });
});
