import { setImmediate } from 'node:timers/promises';
import { buildSchema, GraphQLError } from 'graphql';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { collectGarbage } from './fixture/collect-garbage.ts';
import { SMALL_SUPERGRAPH } from './fixture/supergraph-of.ts';
import { countWorkerThreads } from './fixture/worker-threads.ts';
import { generationId, loadGeneration, SupergraphError, type Generation } from './generation.ts';
import { createGenerations, type Generations } from './generations.ts';
import { createPlanCache } from './plan-cache.ts';
import { warmUp } from './warm-up.ts';

/** A generation without a planner, which tells when it is closed. */
function createLight(supergraphSdl: string, closed: string[]): Generation {
  return {
    id: generationId(supergraphSdl),
    supergraphSdl,
    schema: buildSchema('type Query { a: Int }'),
    apiSdl: '',
    facts: { subgraphs: [], possibleTypes: {}, overrideLabels: [], labelsByField: {}, labelsOfKeys: [] },
    plan: async () => ({ kind: 'QueryPlan' }),
    fingerprints: async (texts) => texts.map(() => null),
    waiting: 0,
    close: async () => void closed.push(supergraphSdl),
  };
}

/** Loads light generations; a text that is gated waits until its gate is opened. */
function createLoader() {
  const closed: string[] = [];
  const loaded: string[] = [];
  const gates = new Map<string, PromiseWithResolvers<void>>();
  return {
    closed,
    loaded,
    gate(sdl: string) {
      const gate = Promise.withResolvers<void>();
      gates.set(sdl, gate);
      return gate.resolve;
    },
    async load(sdl: string) {
      loaded.push(sdl);
      await gates.get(sdl)?.promise;
      if (sdl.startsWith('bad')) throw new SupergraphError(`${sdl} is bad`);
      return createLight(sdl, closed);
    },
  };
}

const isUnavailable = (error: unknown) =>
  error instanceof GraphQLError && error.extensions['code'] === 'SERVICE_UNAVAILABLE';

describe('generations', () => {
  const opened: Generations<unknown>[] = [];
  const open = (loader: ReturnType<typeof createLoader>) => {
    const generations = createGenerations<string>({
      load: (sdl) => loader.load(sdl),
      prepare: ({ supergraphSdl }, previous) => `made for ${supergraphSdl} after ${previous?.made ?? 'nothing'}`,
    });
    opened.push(generations);
    return generations;
  };
  afterEach(async () => {
    vi.useRealTimers();
    await Promise.all(opened.splice(0).map((generations) => generations.close()));
  });

  it('serve nothing before the first update, then what was loaded and made', async () => {
    const generations = open(createLoader());
    expect(() => generations.current).toThrow('No schema is served');
    expect(() => generations.acquire()).toThrow('No schema is served');
    expect(await generations.update('one')).toBe('replaced');
    expect(generations.current.supergraphSdl).toBe('one');
    expect(await generations.update('two')).toBe('replaced');
    expect(generations.acquire().made).toBe('made for two after made for one after nothing');
  });

  it('keep a generation open for those who hold it, and close it when the last of them is done', async () => {
    const loader = createLoader();
    const generations = open(loader);
    await generations.update('one');
    const [first, second] = [generations.acquire(), generations.acquire()];
    await generations.update('two');
    expect(first.generation.supergraphSdl).toBe('one');
    expect(generations.acquire().generation.supergraphSdl).toBe('two');
    first.release();
    first.release();
    await setImmediate();
    expect(loader.closed).toEqual([]);
    second.release();
    await setImmediate();
    expect(loader.closed).toEqual(['one']);
  });

  it('close a generation that is held for ever after a while', async () => {
    const loader = createLoader();
    const generations = open(loader);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await generations.update('one');
    generations.acquire();
    await generations.update('two');
    await vi.advanceTimersByTimeAsync(29_999);
    expect(loader.closed).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(loader.closed).toEqual(['one']);
  });

  it('do nothing for the same text', async () => {
    const loader = createLoader();
    const generations = open(loader);
    await generations.update('one');
    expect(await generations.update('one')).toBe('unchanged');
    expect(loader.loaded).toEqual(['one']);
  });

  it('go on with the old one when the new one cannot be loaded', async () => {
    const loader = createLoader();
    const generations = open(loader);
    await generations.update('one');
    await expect(generations.update('bad')).rejects.toThrow(new SupergraphError('bad is bad'));
    expect(generations.current.supergraphSdl).toBe('one');
    expect(loader.closed).toEqual([]);
    expect(await generations.update('two')).toBe('replaced');
  });

  it('go on with the old one when preparing the new one fails, which is closed', async () => {
    const loader = createLoader();
    const generations = createGenerations({
      load: (sdl) => loader.load(sdl),
      prepare: ({ supergraphSdl }) => {
        if (supergraphSdl === 'two') throw new Error('no room');
      },
    });
    opened.push(generations);
    await generations.update('one');
    await expect(generations.update('two')).rejects.toThrow('no room');
    expect(generations.current.supergraphSdl).toBe('one');
    expect(loader.closed).toEqual(['two']);
  });

  it('take concurrent updates in order, skip those that a newer one has overtaken, and hurry for it', async () => {
    const loader = createLoader();
    const hurried: string[] = [];
    const generations = createGenerations({
      load: (sdl) => loader.load(sdl),
      prepare: ({ supergraphSdl }, _previous, signal) => void (signal.aborted && hurried.push(supergraphSdl)),
    });
    opened.push(generations);
    const openGate = loader.gate('one');
    const updates = ['one', 'two', 'bad three', 'four'].map((sdl) => generations.update(sdl));
    openGate();
    expect(await Promise.all(updates)).toEqual(['replaced', 'superseded', 'superseded', 'replaced']);
    expect(loader.loaded).toEqual(['one', 'four']);
    expect(hurried).toEqual(['one']);
    expect(generations.current.supergraphSdl).toBe('four');
  });

  it('tell listeners of each replacement after it has happened, until they leave', async () => {
    const generations = open(createLoader());
    const told: unknown[] = [];
    const leave = generations.onChange((current, previous) => {
      expect(generations.current).toBe(current);
      told.push([current.supergraphSdl, previous?.supergraphSdl ?? null]);
    });
    await generations.update('one');
    await generations.update('two');
    await generations.update('two');
    leave();
    await generations.update('three');
    expect(told).toEqual([
      ['one', null],
      ['two', 'one'],
    ]);
  });

  it('close all generations and refuse what comes later', async () => {
    const loader = createLoader();
    const generations = open(loader);
    await generations.update('one');
    generations.acquire();
    await generations.update('two');
    await setImmediate();
    const openGate = loader.gate('three');
    const updates = [generations.update('three'), generations.update('four')];
    const closing = generations.close();
    openGate();
    expect(await Promise.all(updates)).toEqual(['superseded', 'superseded']);
    await closing;
    expect(loader.closed.toSorted()).toEqual(['one', 'three', 'two']);
    expect(() => generations.acquire()).toThrow('No schema is served');
    await expect(generations.update('five')).rejects.toSatisfy(isUnavailable);
  });

  it('let go of every generation over 100 updates', async () => {
    const loader = createLoader();
    const generations = open(loader);
    const references: WeakRef<object>[] = [];
    generations.onChange((_current, previous) => {
      if (previous) references.push(new WeakRef(previous), new WeakRef(previous.schema));
    });
    // In a function of its own, whose variables are gone when it has ended.
    const replace = async (number: number) => {
      const held = generations.acquire();
      await generations.update(`supergraph ${number}`);
      held.release();
    };
    await generations.update('supergraph 0');
    for (let number = 1; number <= 100; number += 1) await replace(number);
    expect(references).toHaveLength(200);
    expect(await collectGarbage(references)).toBe(0);
    expect(loader.closed).toHaveLength(100);
  });
});

it('leaves one thread and no old schema when a supergraph is replaced while requests are planned', async () => {
  const threads = countWorkerThreads();
  const references: WeakRef<object>[] = [];
  const generations = createGenerations({
    load: (sdl) => loadGeneration(sdl),
    prepare: async (
      generation,
      previous: { generation: Generation; made: ReturnType<typeof cacheOf> } | null,
      signal,
    ) => {
      const cache = cacheOf(generation);
      await warmUp({
        generation,
        cache,
        signal,
        ...(previous ? { previous: { generation: previous.generation, cache: previous.made } } : {}),
      });
      return cache;
    },
  });
  generations.onChange((_current, previous) => {
    if (previous) references.push(new WeakRef(previous), new WeakRef(previous.schema), new WeakRef(previous.facts));
  });
  const replace = async (number: number) => {
    const held = generations.acquire();
    const plans = ['title', 'stars', 'id'].map((field) => held.made.get({ text: `{ book(id: 1) { ${field} } }` }));
    await Promise.all([generations.update(`${SMALL_SUPERGRAPH}# ${number}`), ...plans]);
    held.release();
  };
  await generations.update(SMALL_SUPERGRAPH);
  for (let number = 1; number <= 5; number += 1) await replace(number);
  expect(threads.started).toBe(6);
  // What the first generation planned was carried from one to the next.
  expect(generations.acquire().made.counters).toEqual({ hits: 0, misses: 0, size: 3 });
  expect(await collectGarbage(references)).toBe(0);
  expect(references).toHaveLength(15);
  expect(threads.running).toBe(1);
  await generations.close();
  expect(threads.running).toBe(0);
  threads.stop();
});

const cacheOf = (generation: Generation) =>
  createPlanCache({ plan: (request) => generation.plan(request), make: (plan) => plan });
