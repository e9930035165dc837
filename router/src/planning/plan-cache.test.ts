import { describe, expect, it } from 'vitest';
import type { CorrectedPlan } from './corrections/correct-plan.ts';
import { createPlanCache } from './plan-cache.ts';
import type { PlanRequest } from './planner.ts';

/** A planner that is asked and answered by hand. */
function createAsked() {
  const asked: { readonly request: PlanRequest; readonly answer: PromiseWithResolvers<CorrectedPlan> }[] = [];
  return {
    asked,
    plan: (request: PlanRequest) => {
      const answer = Promise.withResolvers<CorrectedPlan>();
      asked.push({ request, answer });
      return answer.promise;
    },
  };
}

const PLAN: CorrectedPlan = { kind: 'QueryPlan' };
const immediate = (most: number, asked: string[] = []) =>
  createPlanCache({
    most,
    plan: async ({ text }) => {
      asked.push(text);
      return { ...PLAN };
    },
    make: (_plan, { text }) => `made of ${text}`,
  });

describe('a plan cache', () => {
  it('plans once for all who ask for the same at once, and keeps what was made of the plan', async () => {
    const { asked, plan } = createAsked();
    let made = 0;
    const cache = createPlanCache({ plan, make: () => ({ number: ++made }) });
    const all = [1, 2, 3].map(() => cache.get({ text: 'a' }));
    expect(asked).toHaveLength(1);
    expect(cache.peek({ text: 'a' })).toBeUndefined();
    asked[0]!.answer.resolve(PLAN);
    const [first, ...others] = await Promise.all(all);
    expect(first).toEqual({ number: 1 });
    expect(others.every((other) => other === first)).toBe(true);
    expect(cache.peek({ text: 'a' })).toBe(first);
    expect(await cache.get({ text: 'a', overrides: [] })).toBe(first);
    expect(cache.counters).toEqual({ hits: 2, misses: 3, size: 1 });
  });

  it('keeps plans of different overrides apart, and those of the same in another order together', async () => {
    const asked: string[] = [];
    const cache = immediate(10, asked);
    await cache.get({ text: 'a' });
    await cache.get({ text: 'a', overrides: ['x', 'y'] });
    await cache.get({ text: 'a', overrides: ['y', 'x'] });
    await cache.get({ text: 'a', overrides: ['x'] });
    expect(asked).toEqual(['a', 'a', 'a']);
    expect(cache.counters).toEqual({ hits: 1, misses: 3, size: 3 });
  });

  it('tells all who wait of a failure, and tries again for the next', async () => {
    const { asked, plan } = createAsked();
    const cache = createPlanCache({ plan, make: (made) => made });
    const failing = Promise.allSettled([cache.get({ text: 'a' }), cache.get({ text: 'a' })]);
    asked[0]!.answer.reject(new Error('busy'));
    expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const again = cache.get({ text: 'a' });
    asked[1]!.answer.resolve(PLAN);
    expect(await again).toBe(PLAN);
    expect(asked).toHaveLength(2);
  });

  it('forgets what was not used for longest when it is full', async () => {
    const asked: string[] = [];
    const cache = immediate(2, asked);
    for (const text of ['a', 'b', 'a', 'c', 'a', 'b']) await cache.get({ text });
    expect(asked).toEqual(['a', 'b', 'c', 'b']);
    expect(cache.counters.size).toBe(2);
  });

  it('gives the most used first, and what is carried over counts half', async () => {
    const cache = immediate(10);
    for (const text of ['a', 'b', 'b', 'b', 'b', 'c', 'c']) await cache.get({ text });
    const used = cache.mostUsed(2);
    expect(used.map(({ request, uses }) => [request.text, uses])).toEqual([
      ['b', 4],
      ['c', 2],
    ]);
    const asked: string[] = [];
    const next = immediate(10, asked);
    used.forEach((kept) => next.keep(kept));
    expect(next.peek({ text: 'b' })).toBe('made of b');
    expect(asked).toEqual([]);
    expect(next.mostUsed(9).map(({ request, uses }) => [request.text, uses])).toEqual([
      ['b', 3],
      ['c', 1],
    ]);
  });

  it('takes any text for a key', async () => {
    const cache = immediate(10);
    expect(cache.peek({ text: '__proto__' })).toBeUndefined();
    expect(await cache.get({ text: '__proto__' })).toBe('made of __proto__');
    expect(cache.peek({ text: 'constructor' })).toBeUndefined();
  });
});
