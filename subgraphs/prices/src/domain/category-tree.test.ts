import { describe, expect, test } from 'vitest';
import { createCategoryTree } from './category-tree.ts';

describe('createCategoryTree', () => {
  const ancestorsOf = createCategoryTree(
    new Map<string, string | null>([
      ['shoes', null],
      ['boots', 'shoes'],
      ['winter', 'boots'],
      ['lost', 'gone'],
      ['one', 'other'],
      ['other', 'one'],
    ]),
  );

  test('answers a category and all above it, nearest first', () => {
    expect(ancestorsOf('winter')).toEqual(['winter', 'boots', 'shoes']);
    expect(ancestorsOf('winter')).toBe(ancestorsOf('winter'));
    expect(ancestorsOf('shoes')).toEqual(['shoes']);
  });

  test('answers what it does not know by itself, and ends in a circle', () => {
    expect(ancestorsOf('unknown')).toEqual(['unknown']);
    expect(ancestorsOf('lost')).toEqual(['lost', 'gone']);
    expect(ancestorsOf('one')).toEqual(['one', 'other']);
  });

  test('cuts a path that is deeper than any catalogue', () => {
    const deep = createCategoryTree(new Map(Array.from({ length: 100 }, (_, level) => [`${level}`, `${level + 1}`])));
    expect(deep('0')).toHaveLength(32);
  });
});
