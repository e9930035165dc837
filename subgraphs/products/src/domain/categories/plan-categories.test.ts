import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_CHILDREN, MAX_DEPTH } from './category-rules.ts';
import type { ForestNode } from './category-forest.ts';
import { planCategories, type CategoryUpsert } from './plan-categories.ts';

const node = (name: string, parentId: string | null, position = 0): ForestNode => ({
  categoryId: `id-${name}`,
  parentId: parentId && `id-${parentId}`,
  handle: name,
  name,
  names: {},
  position,
  externalReference: name,
});
const row = (name: string, parent: string | null, more: Partial<CategoryUpsert> = {}): CategoryUpsert => ({
  externalReference: name,
  handle: name,
  name,
  parentExternalReference: parent,
  ...more,
});

function plan(kept: readonly ForestNode[], rows: readonly CategoryUpsert[]) {
  let made = 0;
  return planCategories(
    kept,
    rows,
    (fresh) => fresh,
    () => `new-${(made += 1)}`,
  );
}
const outcomes = (kept: readonly ForestNode[], rows: readonly CategoryUpsert[]) =>
  plan(kept, rows).results.map(({ outcome, reason }) => reason ?? outcome);

/** From the category to its root; longer than there are categories where it goes in a circle. */
function lineOf(nodes: ReadonlyMap<string, ForestNode>, from: string): string[] {
  const line: string[] = [];
  for (let id: string | null = from; id !== null && line.length <= nodes.size; id = nodes.get(id)!.parentId)
    line.push(id);
  return line;
}
const after = (kept: readonly ForestNode[], rows: readonly CategoryUpsert[]) => {
  const nodes = new Map(kept.map((each) => [each.categoryId, each]));
  for (const change of plan(kept, rows).changes) nodes.set(change.after.categoryId, change.after);
  return nodes;
};

describe('planCategories', () => {
  it('takes names in other languages, keeps them when none are given, and rejects a row whose languages are none', () => {
    const german = [{ locale: 'DE', text: ' Zelte ' }];
    const kept = { ...node('tents', null), names: { de: 'Zelte' } };
    const names = (rows: readonly CategoryUpsert[]) => plan([kept], rows).changes.map((change) => change.after.names);
    expect(names([row('tarps', null, { names: german })])).toEqual([{ de: 'Zelte' }]);
    expect(outcomes([kept], [row('tents', null, { names: german })])).toEqual(['UNCHANGED']);
    expect(names([row('tents', null, { position: 3 })])).toEqual([{ de: 'Zelte' }]);
    expect(names([row('tents', null, { names: [] })])).toEqual([{}]);
    expect(outcomes([kept], [row('tents', null, { names: [{ locale: '?', text: 'x' }] })])).toEqual([
      '"?" is not a language tag of BCP 47.',
    ]);
  });

  it('makes categories whose parents stand further down', () => {
    const { results, changes } = plan([], [row('c', 'b'), row('b', 'a'), row('a', null)]);
    expect(results.map(({ outcome }) => outcome)).toEqual(['CREATED', 'CREATED', 'CREATED']);
    const parents = Object.fromEntries(changes.map((change) => [change.after.name, change.after.parentId]));
    const ids = Object.fromEntries(changes.map((change) => [change.after.name, change.after.categoryId]));
    expect(parents).toEqual({ a: null, b: ids['a'], c: ids['b'] });
  });

  it('leaves alone what is so already, and keeps the place of what names none', () => {
    const kept = [node('a', null, 4), node('b', 'a', 7)];
    expect(outcomes(kept, [row('a', null), row('b', 'a'), row('b2', 'a')])).toEqual([
      'UNCHANGED',
      'UNCHANGED',
      'CREATED',
    ]);
    expect(plan(kept, [row('b2', 'a')]).changes[0]!.after.position).toBe(8);
  });

  it('rejects rows that lead in a circle, and makes none of them', () => {
    expect(outcomes([], [row('a', 'b'), row('b', 'a'), row('self', 'self')])).toEqual([
      'There is no parent "b".',
      'The parent "a" is below the category itself.',
      'The parent "self" is below the category itself.',
    ]);
  });

  it('turns parent and child around in one call, whichever comes first', () => {
    const kept = [node('a', null), node('b', 'a')];
    const rows = [row('a', 'b'), row('b', null)];
    for (const given of [rows, rows.toReversed()]) {
      expect(outcomes(kept, given)).toEqual(['UPDATED', 'UPDATED']);
      expect(lineOf(after(kept, given), 'id-a')).toEqual(['id-a', 'id-b']);
    }
  });

  it('judges a row by where categories between it and another row will be', () => {
    // q goes away from below r in the same call; p, which nobody names, goes with it.
    const kept = [node('r', null), node('q', 'r'), node('p', 'q')];
    expect(outcomes(kept, [row('r', 'p'), row('q', null)])).toEqual(['UPDATED', 'UPDATED']);
  });

  it('rejects unknown parents, repeats, foreign handles and bad texts, and keeps the others', () => {
    expect(
      outcomes(
        [node('a', null)],
        [
          row('x', 'nowhere'),
          row('y', null),
          row('y', null),
          row('z', null, { handle: 'a' }),
          row('u', null, { handle: 'No Handle' }),
          row('v', null, { name: ' ' }),
          row(' w', null, { handle: 'w' }),
          row('t', null, { position: -1 }),
        ],
      ),
    ).toEqual([
      'There is no parent "nowhere".',
      'CREATED',
      'The category occurs before in the same call.',
      'The handle "a" is another category\'s.',
      '"No Handle" is not a handle.',
      'The category has no name, or one of more than 255 characters.',
      'An external reference has 1 to 255 characters on one line.',
      'A position is from 0 to 1000000.',
    ]);
  });

  it('takes over a handle that another category gives up in the same call', () => {
    const kept = [node('a', null), node('b', null)];
    expect(outcomes(kept, [row('a', null, { handle: 'c' }), row('b', null, { handle: 'a' })])).toEqual([
      'UPDATED',
      'UPDATED',
    ]);
  });

  it('rejects what would be too deep, with all that is below it, and one child too many', () => {
    const chain = Array.from({ length: MAX_DEPTH }, (_, level) =>
      node(`n${level}`, level === 0 ? null : `n${level - 1}`),
    );
    const branch = [node('x', null), node('y', 'x')];
    expect(outcomes([...chain, ...branch], [row('x', `n${MAX_DEPTH - 2}`)])).toEqual([
      `The tree would have ${MAX_DEPTH + 1} levels there, and may have ${MAX_DEPTH}.`,
    ]);
    expect(outcomes([...chain, ...branch], [row('x', `n${MAX_DEPTH - 3}`)])).toEqual(['UPDATED']);
    const full = [node('p', null), ...Array.from({ length: MAX_CHILDREN }, (_, child) => node(`k${child}`, 'p'))];
    expect(outcomes(full, [row('one-more', 'p'), row('k3', 'p', { name: 'other' })])).toEqual([
      `There are ${MAX_CHILDREN} categories below that one, which is all there can be.`,
      'UPDATED',
    ]);
  });

  it('is not misled by references such as __proto__', () => {
    expect(
      outcomes([], [row('__proto__', 'constructor', { handle: 'p' }), row('constructor', null, { handle: 'c' })]),
    ).toEqual(['CREATED', 'CREATED']);
  });

  const names = Array.from({ length: 12 }, (_, index) => `n${index}`);
  const rows = fc.array(
    fc.record({ name: fc.constantFrom(...names), parent: fc.option(fc.constantFrom(...names), { nil: null }) }),
    { maxLength: 24 },
  );

  it('never makes a cycle or a tree that is too deep, whatever it is given, and changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.array(rows, { minLength: 1, maxLength: 4 }), (calls) => {
        let nodes = new Map<string, ForestNode>();
        for (const [call, given] of calls.entries()) {
          let made = 0;
          const upserts = given.map(({ name, parent }) => row(name, parent));
          const { changes, results } = planCategories(
            [...nodes.values()],
            upserts,
            (fresh) => fresh,
            () => `id-${call}-${(made += 1)}`,
          );
          nodes = new Map(nodes);
          for (const change of changes) nodes.set(change.after.categoryId, change.after);
          for (const id of nodes.keys()) {
            const line = lineOf(nodes, id);
            expect(line.length).toBeLessThanOrEqual(Math.min(nodes.size, MAX_DEPTH));
          }
          const accepted = upserts.filter((_, index) => results[index]!.outcome !== 'REJECTED');
          expect(plan([...nodes.values()], accepted).changes).toEqual([]);
        }
      }),
      { seed: 20_261, numRuns: 500 },
    );
  });
});
