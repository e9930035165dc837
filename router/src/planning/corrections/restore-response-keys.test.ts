import { describe, expect, test } from 'vitest';
import { restoreResponseKeys } from './restore-response-keys.ts';

describe('restoreResponseKeys', () => {
  test('gives data and paths the names of the client, over those of the plan', () => {
    const plan = {
      kind: 'QueryPlan' as const,
      responseKeys: { _asked_0_id: 'id' },
      hiddenKeys: { _required_0_price: 'price' },
    };
    const outcome = {
      data: {
        list: [[{ id: 'key', _asked_0_id: 'name', _required_0_price: 1, price: 2 }, null], 3],
        _asked_0_id: null,
      },
      errors: [
        { message: 'a', path: ['list', 0, 0, '_asked_0_id'] },
        { message: 'b', path: ['list', 0, '_required_0_price'] },
        { message: 'c', path: ['list'] },
        { message: 'd' },
      ],
    };
    expect(restoreResponseKeys(plan, outcome)).toEqual({
      data: { list: [[{ id: 'name', _required_0_price: 1, price: 2 }, null], 3], id: null },
      errors: [
        { message: 'a', path: ['list', 0, 0, 'id'] },
        { message: 'b', path: ['list', 0, 'price'] },
        { message: 'c', path: ['list'] },
        { message: 'd' },
      ],
    });
  });

  test('changes what stands in several places once, and follows no circle or depth into the stack', () => {
    const shared: Record<string, unknown> = { _asked_0_id: 1, id: 2 };
    shared['self'] = shared;
    let deep: unknown[] = [shared];
    for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
    const data = { a: shared, b: shared, deep };
    restoreResponseKeys({ kind: 'QueryPlan', responseKeys: { _asked_0_id: 'id' } }, { data, errors: [] });
    expect(shared['id']).toBe(1);
    expect(Object.keys(shared)).toEqual(['id', 'self']);
  });

  test('reads own properties only', () => {
    const data = JSON.parse('{"__proto__":{"_asked_0_id":1},"a":{}}') as Record<string, unknown>;
    restoreResponseKeys({ kind: 'QueryPlan', responseKeys: { _asked_0_id: 'id' } }, { data, errors: [] });
    expect(JSON.stringify(data)).toBe('{"__proto__":{"id":1},"a":{}}');
  });

  test('answers the same outcome for a plan with names of the client', () => {
    const outcome = { data: { a: 1 }, errors: [{ message: 'a', path: ['a'] }] };
    expect(restoreResponseKeys({ kind: 'QueryPlan' }, outcome)).toBe(outcome);
  });
});
