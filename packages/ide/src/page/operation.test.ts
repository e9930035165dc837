import { describe, expect, it } from 'vitest';
import { readOperation } from './operation.ts';

describe('readOperation', () => {
  it('takes the only operation of the text, whatever operation is named', () => {
    const query = 'subscription Watch { count }';
    expect(readOperation({ query, operationName: 'OfAnotherTab' })).toEqual({
      params: { query, operationName: 'Watch' },
      isSubscription: true,
    });
  });

  it('takes the named one of several operations', () => {
    const query = 'query A { a } subscription B { b }';
    expect(readOperation({ query, operationName: 'A' }).isSubscription).toBe(false);
    expect(readOperation({ query, operationName: 'B' }).isSubscription).toBe(true);
  });

  it('names nothing for an anonymous operation', () => {
    const query = '{ a }';
    expect(readOperation({ query, operationName: 'OfAnotherTab' }).params.operationName).toBeNull();
  });

  it('leaves it to the service to refuse what it cannot decide', () => {
    for (const query of ['query A { a } query B { b }', 'query {', '']) {
      const params = { query, operationName: 'C' };
      expect(readOperation(params)).toEqual({ params, isSubscription: false });
    }
  });
});
