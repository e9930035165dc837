import { describe, expect, it } from 'vitest';
import { explainNulls } from './explain-nulls.ts';

const at = (...path: (string | number)[]) => ({ message: 'Cannot return null.', path });

describe('the completion errors that are told', () => {
  it('are all of them when nothing else was reported', () => {
    expect(explainNulls([at('a'), at('b', 0)], [], [])).toEqual([at('a'), at('b', 0)]);
  });

  it.each([
    ['at the place', at('items', 1, 'price')],
    ['above it', at('items', 1)],
    ['below it', at('items', 1, 'price', 'amount')],
    ['at no place', { message: 'down' }],
  ])('are none where an error was reported %s', (_where, error) => {
    expect(explainNulls([at('items', 1, 'price')], [error], [])).toEqual([]);
  });

  it.each([
    ['at another item', at('items', 2, 'price')],
    ['at another field', at('items', 1, 'title')],
    ['at a field whose name begins alike', at('items', 1, 'prices')],
  ])('stay where an error was reported %s', (_where, error) => {
    expect(explainNulls([at('items', 1, 'price')], [error], [])).toEqual([at('items', 1, 'price')]);
  });

  it('are none where the field was refused, whichever item it is of', () => {
    const refused = [{ message: 'no', path: ['items'], extensions: { path: ['items', 'cost'] } }];
    expect(
      explainNulls([at('items', 0, 'cost'), at('items', 7, 'cost'), at('items', 0, 'title')], [], refused),
    ).toEqual([at('items', 0, 'title')]);
  });
});
