import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { copyJson, type JsonObject } from './json-value.ts';
import { createMerge } from './merge.ts';
import { compileRequires } from './representation-shape.ts';
import { createRepresentations } from './representations.ts';
import { compileTypeConditions } from './type-conditions.ts';

const conditions = compileTypeConditions({
  Item: ['Book', 'Film'],
  Book: ['Book'],
  Film: ['Film'],
  Node: ['Book', 'Film', 'Shop'],
});
const merge = createMerge(conditions);
const merged = (target: JsonObject, source: JsonObject) => {
  merge(target, source, false);
  return target;
};
const text = (value: unknown) => JSON.stringify(value);
/** Keys are few so that they meet. */
const { tree } = fc.letrec((tie) => ({
  tree: fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'constructor', '__typename'), tie('value'), {
    maxKeys: 4,
  }),
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, 1, 'x', false),
    tie('tree'),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
}));
const ofJson = (value: unknown) => JSON.parse(text(value)) as JsonObject;

describe('merging', () => {
  it('merges lists of one length item by item and replaces lists of another', () => {
    expect(merged({ l: [{ a: 1 }, null, [{ a: 1 }]] }, { l: [{ b: 2 }, { b: 2 }, [{ b: 2 }]] })).toEqual({
      l: [{ a: 1, b: 2 }, { b: 2 }, [{ a: 1, b: 2 }]],
    });
    expect(merged({ l: [{ a: 1 }] }, { l: [] })).toEqual({ l: [] });
    expect(merged({ l: [1], o: { a: 1 } }, { l: { a: 1 }, o: [1] })).toEqual({ l: { a: 1 }, o: [1] });
  });

  it.each([
    ['Book', 'Item', 'Book'],
    ['Item', 'Book', 'Book'],
    ['Shop', 'Item', 'Item'],
    ['Book', 'Film', 'Film'],
    ['Item', 'Node', 'Node'],
  ])('makes %s and then %s to %s', (first, second, expected) => {
    expect(merged({ __typename: first }, { __typename: second })).toEqual({ __typename: expected });
  });

  it('gives the same whether the source is kept or taken, changes no source that is kept and shares nothing with it', () => {
    fc.assert(
      fc.property(tree, tree, tree, (target, source, third) => {
        const [kept, taken] = [ofJson(target), ofJson(target)];
        const own = ofJson(source);
        merge(kept, own, true);
        expect(text(own)).toBe(text(source));
        expect(text(kept)).toBe(text(merged(taken, own)));
        const before = text(kept);
        merge(taken, ofJson(third), false);
        expect(text(kept)).toBe(before);
        expect(Object.getPrototypeOf(kept)).toBe(Object.prototype);
      }),
      { seed: 20_260_101, numRuns: 300 },
    );
  });

  it('changes nothing when the same is merged again', () => {
    fc.assert(
      fc.property(tree, tree, (target, source) => {
        const once = text(merged(ofJson(target), ofJson(source)));
        expect(text(merged(JSON.parse(once) as JsonObject, ofJson(source)))).toBe(once);
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  it('copies what JSON can hold', () => {
    fc.assert(
      fc.property(tree, (value) => {
        const original = ofJson(value);
        expect(text(copyJson(original))).toBe(text(original));
      }),
      { seed: 3, numRuns: 200 },
    );
  });
});

describe('representations', () => {
  const key = (...names: string[]) => [
    {
      kind: 'InlineFragment' as const,
      typeCondition: 'Item',
      selections: ['__typename', ...names].map((name) => ({ kind: 'Field' as const, name })),
    },
  ];

  it.each([
    ['one key', ['a']],
    ['two keys', ['a', 'b']],
    ['inherited names', ['constructor']],
  ])('with %s are shared by those objects alone that are equal in them', (_what, names) => {
    const shapeOf = compileRequires(key(...names), [], conditions);
    const object = fc
      .tuple(fc.constantFrom('Book', 'Film', 'Shop'), tree)
      .map(([typename, fields]) => ({ ...ofJson(fields), __typename: typename }));
    fc.assert(
      fc.property(fc.array(object, { maxLength: 12 }), (objects: JsonObject[]) => {
        const { list, indexes } = createRepresentations(objects, shapeOf, conditions);
        expect(indexes).toHaveLength(objects.length);
        expect(list.every((one, i) => list.findIndex((other) => isDeepStrictEqual(one, other)) === i)).toBe(true);
        objects.forEach((one, i) => {
          const values = names.map((name) => (Object.hasOwn(one, name) ? one[name] : undefined));
          const stands =
            one['__typename'] !== 'Shop' && !values.includes(undefined) && values.some((value) => value !== null);
          const expected = Object.fromEntries([
            ['__typename', one['__typename']],
            ...names.map((name, n) => [name, values[n]]),
          ]);
          if (stands) expect(list[indexes[i]!]).toEqual(expected);
          else expect(indexes[i]).toBe(-1);
        });
      }),
      { seed: 11, numRuns: 300 },
    );
  });

  it('hold what fragments have together, without a fragment that misses a field', () => {
    const field = (name: string, ...selections: string[]) => ({
      kind: 'Field' as const,
      name,
      ...(selections.length > 0
        ? { selections: selections.map((inner) => ({ kind: 'Field' as const, name: inner })) }
        : {}),
    });
    const fragment = (typeCondition: string, selections: ReturnType<typeof field>[]) => ({
      kind: 'InlineFragment' as const,
      typeCondition,
      selections,
    });
    const shapeOf = compileRequires(
      [
        fragment('Item', [field('__typename'), field('size', 'width')]),
        fragment('Book', [field('size', 'height'), field('pages', 'n')]),
        fragment('Film', [field('minutes')]),
      ],
      [{ kind: 'ValueSetter', path: ['... on Item', '__typename'], setValueTo: 'Item' }],
      conditions,
    );
    const size = { width: 1, height: 2, depth: 3 };
    const objects = [
      { __typename: 'Book', size, pages: [{ n: 1, m: 2 }, null, {}] },
      { __typename: 'Film', size },
      { __typename: 'Book', size: null, pages: [] },
      { __typename: 'Book', pages: [] },
      { __typename: 'Shop', size },
    ];
    expect(createRepresentations(objects, shapeOf, conditions)).toEqual({
      list: [
        { __typename: 'Item', size: { width: 1, height: 2 }, pages: [{ n: 1 }, null, null] },
        { __typename: 'Item', size: { width: 1 } },
        { __typename: 'Item', size: null, pages: [] },
      ],
      indexes: [0, 1, 2, -1, -1],
    });
  });
});
