import { describe, expect, it } from 'vitest';
import { readCategories } from './read-categories.ts';

const step = (id: string) => ({ id, name: id.toUpperCase() });
const entry = (path: string, below: readonly string[] = []) => ({
  ...step(path.split('/').at(-1)!),
  path: path.split('/').map(step),
  subCategories: below.map(step),
});
const read = (...entries: unknown[]) => {
  const { categories, notes } = readCategories(entries);
  return {
    tree: categories.map(({ externalReference, parentExternalReference }) => [
      externalReference,
      parentExternalReference,
    ]),
    notes: notes.map(({ kind, category, reason }) => `${kind} ${category}: ${reason}`),
    categories,
  };
};

describe('readCategories', () => {
  it('puts categories below the last of their path, those above first, in the order of the list above them', () => {
    const { categories, notes } = read(entry('a/b/c'), entry('a/b', ['d', 'c']), entry('a'), entry('a/b/d'));
    expect(categories).toEqual([
      { externalReference: 'a', handle: 'a-a', name: 'A', parentExternalReference: null, position: null },
      { externalReference: 'b', handle: 'b-b', name: 'B', parentExternalReference: 'a', position: null },
      { externalReference: 'c', handle: 'c-c', name: 'C', parentExternalReference: 'b', position: 1 },
      { externalReference: 'd', handle: 'd-d', name: 'D', parentExternalReference: 'b', position: 0 },
    ]);
    expect(notes).toEqual([]);
  });

  it('goes by the path of a category that several others list, and tells of them', () => {
    const { tree, notes } = read(entry('a', ['c']), entry('b', ['c']), entry('a/c'), entry('b/c/d'));
    expect(tree).toEqual([
      ['a', null],
      ['b', null],
      ['c', 'a'],
      ['d', 'c'],
    ]);
    expect(notes).toEqual(['several-parents c: stands below a, and is listed by b, too']);
  });

  it('makes what paths lead through, where the first of them says, and not what is merely listed', () => {
    const { tree, notes } = read(entry('a', ['x', 'lost', 'lost']), entry('a/x/b'), entry('x/c'));
    expect(tree).toEqual([
      ['a', null],
      ['x', 'a'],
      ['b', 'x'],
      ['c', 'x'],
    ]);
    expect(notes).toEqual([
      'path-only x: has no entry, and is made because the path of b leads through it',
      'several-parents x: stands below a, and is listed by the root, too',
      'not-in-file lost: is listed by a, and has no entry',
    ]);
  });

  it('puts what has no entry where paths say, and not where somebody lists it before', () => {
    const { tree, notes } = read(entry('a', ['x']), entry('b/x/c'), entry('b'));
    expect(tree).toEqual([
      ['a', null],
      ['b', null],
      ['x', 'b'],
      ['c', 'x'],
    ]);
    expect(notes).toEqual([
      'path-only x: has no entry, and is made because the path of c leads through it',
      'several-parents x: stands below b, and is listed by a, too',
    ]);
  });

  it('rejects what is no category and keeps the others', () => {
    const { tree, notes } = read(
      entry('a', ['nameless']),
      { id: 'nameless', name: null, path: [step('a'), { id: 'nameless', name: null }], subCategories: [] },
      { id: 'pathless', name: 'x', path: [] },
      { id: 'elsewhere', name: 'x', path: [step('a')] },
      entry('a'),
      null,
      'text',
      { id: 7 },
    );
    expect(tree).toEqual([['a', null]]);
    expect(notes.map((note) => note.slice(0, 50))).toEqual([
      'rejected nameless: name: it has no name',
      'rejected pathless: path: Too small: expected array',
      'rejected elsewhere: its path does not end with its',
      'rejected a: it stands in the file twice',
      'rejected entry 6: : Invalid input: expected object',
      'rejected entry 7: : Invalid input: expected object',
      'rejected entry 8: id: Invalid input: expected stri',
    ]);
  });

  it('hands on paths that lead in a circle, for the tree to refuse', () => {
    expect(read(entry('b/a'), entry('a/b')).tree).toEqual([
      ['a', 'b'],
      ['b', 'a'],
    ]);
  });

  it('takes ids such as __proto__ for what they are', () => {
    expect(read(entry('__proto__', ['constructor']), entry('__proto__/constructor')).tree).toEqual([
      ['__proto__', null],
      ['constructor', '__proto__'],
    ]);
  });

  it('makes handles of names in any writing', () => {
    const handles = ['Häuser & Höfe', 'Юрты', '--'].map(
      (name, index) => read({ id: `Cat_${index}`, name, path: [{ id: `Cat_${index}` }] }).categories[0]!.handle,
    );
    expect(handles).toEqual(['hauser-hofe-cat-0', 'cat-1', 'cat-2']);
  });
});
