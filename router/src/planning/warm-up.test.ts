import { afterEach, describe, expect, it } from 'vitest';
import type { CorrectedPlan } from './corrections/correct-plan.ts';
import { supergraphOf } from './fixture/supergraph-of.ts';
import { loadGeneration, type Generation } from './generation.ts';
import { createPlanCache } from './plan-cache.ts';
import { warmUp } from './warm-up.ts';

const GRAPHS = {
  books:
    'type Query { book: Book  shop: Shop }  type Book @key(fields: "id") { id: ID!  title: String }  type Shop { id: ID! }',
  reviews: 'type Book @key(fields: "id") { id: ID!  stars: Int }',
};
const PLAN: CorrectedPlan = { kind: 'QueryPlan' };
const STARS = { text: '{ book { stars } }' };
const SHOP = { text: '{ shop { id } }' };
const TITLE = { text: '{ book { title } }' };

describe('a warm-up', () => {
  const generations: Generation[] = [];
  afterEach(async () => {
    await Promise.all(generations.splice(0).map((generation) => generation.close()));
  });
  /** A generation with a cache of its plans, and what was planned for it. */
  const open = async (graphs: Readonly<Record<string, string>>) => {
    const generation = await loadGeneration(supergraphOf(graphs));
    generations.push(generation);
    const planned: string[] = [];
    const cache = createPlanCache({
      plan: (request) => {
        planned.push(request.text);
        return generation.plan(request);
      },
      make: (plan) => plan,
    });
    return { generation, cache, planned };
  };

  it('carries over the plans that are still right, plans the others again, and counts what fits no more', async () => {
    const previous = await open(GRAPHS);
    for (const request of [STARS, STARS, SHOP, TITLE]) await previous.cache.get(request);
    const kept = previous.cache.peek(TITLE);
    const next = await open({
      books: GRAPHS.books.replace('shop: Shop', 'more: Int').replace('type Shop { id: ID! }', ''),
      reviews: GRAPHS.reviews.replace('stars: Int', 'stars: Int!'),
    });
    expect(await warmUp({ ...next, previous })).toEqual({ carried: 1, planned: 1, failed: 1, skipped: 0 });
    expect(next.planned).toEqual([STARS.text, SHOP.text]);
    expect(next.cache.peek(TITLE)).toBe(kept);
    expect(next.cache.peek(STARS)?.node?.kind).toBe('Sequence');
    expect(next.cache.peek(SHOP)).toBeUndefined();
  });

  it('plans the documents that it is given', async () => {
    const next = await open(GRAPHS);
    expect(await warmUp({ ...next, requests: [STARS, SHOP] })).toEqual({
      carried: 0,
      planned: 2,
      failed: 0,
      skipped: 0,
    });
    expect(next.cache.counters.size).toBe(2);
  });

  it('plans at most as many at once, and as many in all, as it is told', async () => {
    let running = 0;
    let most = 0;
    const waiting: (() => void)[] = [];
    const cache = createPlanCache({
      plan: async () => {
        most = Math.max(most, ++running);
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          setImmediate(() => waiting.shift()?.());
        });
        running -= 1;
        return PLAN;
      },
      make: (plan) => plan,
    });
    const generation = { fingerprints: async () => [] };
    const requests = Array.from({ length: 20 }, (_, number) => ({ text: `{ a${number} }` }));
    const report = await warmUp({ generation, cache, requests, concurrency: 3, most: 12 });
    expect(report).toEqual({ carried: 0, planned: 12, failed: 0, skipped: 0 });
    expect(most).toBe(3);
  });

  it.each(['its time is up', 'something newer waits'])('ends when %s, whatever is under way', async (reason) => {
    const newer = new AbortController();
    const cache = createPlanCache({ plan: () => new Promise<CorrectedPlan>(() => undefined), make: (plan) => plan });
    const generation = { fingerprints: async () => [] };
    const limits = reason === 'its time is up' ? { timeLimitMs: 1 } : { signal: newer.signal };
    const warming = warmUp({ generation, cache, requests: [STARS, SHOP, TITLE], concurrency: 2, ...limits });
    newer.abort();
    expect(await warming).toEqual({ carried: 0, planned: 0, failed: 0, skipped: 3 });
  });

  it('plans everything again when a planner cannot say what is still right', async () => {
    const previous = createPlanCache({ plan: async () => PLAN, make: (plan) => plan });
    await previous.get(STARS);
    const next = createPlanCache({ plan: async () => PLAN, make: (plan) => plan });
    const broken = { fingerprints: () => Promise.reject(new Error('busy')) };
    const report = await warmUp({
      generation: { fingerprints: async () => ['same'] },
      cache: next,
      previous: { generation: broken, cache: previous },
    });
    expect(report).toEqual({ carried: 0, planned: 1, failed: 0, skipped: 0 });
  });
});
