import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { checkCost, costExtension, PUBLIC_COST } from './cost-limit.ts';
import { MOST } from './expression.ts';

const refusalOf = (estimated: number, limit: number | null) => {
  try {
    checkCost(estimated, limit);
    return null;
  } catch (error) {
    return error instanceof GraphQLError ? [error.extensions['code'], error.message] : error;
  }
};

describe('the limit of a cost', () => {
  it('lets 1,000 pass and refuses more, naming both numbers', () => {
    expect(refusalOf(1_000, PUBLIC_COST)).toBeNull();
    expect(refusalOf(1_000.5, PUBLIC_COST)).toEqual([
      'DOCUMENT_TOO_COMPLEX',
      'The operation is estimated to cost 1001, and may cost 1000 at most. Ask for shorter lists, or for less of each item.',
    ]);
    expect(refusalOf(99_999_999, PUBLIC_COST)).toEqual([
      'DOCUMENT_TOO_COMPLEX',
      'The operation is estimated to cost 99999999, and may cost 1000 at most. Ask for shorter lists, or for less of each item.',
    ]);
  });

  it('is none for our own services', () => {
    expect(refusalOf(MOST, null)).toBeNull();
  });
});

describe('the price in an answer', () => {
  const window = { quota: 10_000, remaining: 9_500, resetMs: 12_000 };

  it('tells estimate and limit, and what is left of the window', () => {
    expect(costExtension(42, PUBLIC_COST)).toEqual({ estimated: 42, limit: 1_000 });
    expect(costExtension(42, PUBLIC_COST, window)).toEqual({
      estimated: 42,
      limit: 1_000,
      remaining: 9_500,
      resetMs: 12_000,
    });
  });

  it('is not told to callers without a limit', () => {
    expect(costExtension(42, null, window)).toBeUndefined();
  });
});
