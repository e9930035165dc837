import fc from 'fast-check';
import { getOperationAST, Kind, parse, visit, type DocumentNode, type SelectionSetNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { checkLimits, checkMeasure, checkTokens, INTERNAL_LIMITS, measureDocument, PUBLIC_LIMITS } from './limits.ts';

const check = (text: string) => {
  const document = parse(text);
  return () => checkLimits(document, getOperationAST(document)!, PUBLIC_LIMITS);
};
const nested = (depth: number) => '{ a '.repeat(depth) + '}'.repeat(depth);

describe('document limits', () => {
  it('let ten levels pass and refuse eleven', () => {
    expect(check(nested(10))).not.toThrow();
    expect(check(nested(11))).toThrow('at most 10 levels of depth');
  });

  it('count depth and aliases inside of fragments wherever they are spread', () => {
    expect(check(`{ a { ...F } } fragment F on T ${nested(10)}`)).toThrow('levels of depth');
    expect(check(`{ ${'...F '.repeat(4)} } fragment F on T { a: x b: x c: x d: x }`)).toThrow('at most 15 aliases');
  });

  it('stop fragments that multiply', () => {
    const doubling = Array.from(
      { length: 20 },
      (_, index) => `fragment F${index} on T { ...F${index + 1} ...F${index + 1} }`,
    ).join(' ');
    expect(check(`{ a { ...F0 } } ${doubling} fragment F20 on T { x }`)).toThrow('fields after spreading fragments');
  });

  it('let introspection be as deep as tools need it', () => {
    expect(check(`{ __schema { types ${nested(12)} } }`)).not.toThrow();
  });

  it('let a sign-in stand alone: aliases, fragments and repetition do not make two of one request', () => {
    expect(check('mutation { __typename signIn { x } }')).not.toThrow();
    for (const text of [
      'mutation { a: signIn { x } b: signIn { x } }',
      'mutation { signIn { x } signIn { y } }',
      'mutation { signUp { x } ...F } fragment F on M { ... { b: signIn { x } } }',
      'mutation { cartCreate { x } signIn { x } }',
    ])
      expect(check(text)).toThrow(/at most 1 root field when one of them is sign/);
  });

  it('bound root fields and directives', () => {
    expect(check(`{ ${Array.from({ length: 11 }, (_, index) => `f${index}`).join(' ')} }`)).toThrow(
      'at most 10 root fields',
    );
    expect(check(`{ a ${'@skip(if: false) '.repeat(21)} }`)).toThrow('at most 20 directives');
  });
});

/** How often selection sets are read from now on. */
function countReads(document: DocumentNode): { readonly sets: number; reads: number } {
  const sets = new Set<SelectionSetNode>();
  visit(document, { SelectionSet: (node) => void sets.add(node) });
  const counted = { sets: sets.size, reads: 0 };
  for (const set of sets) {
    const { selections } = set;
    Object.defineProperty(set, 'selections', { get: () => ((counted.reads += 1), selections) });
  }
  return counted;
}

describe('a hostile document', () => {
  const repeated = (count: number, text: string) => text.repeat(count);
  const multiplying = Array.from({ length: 60 }, (_, n) => `fragment F${n} on T { ...F${n + 1} ...F${n + 1} }`).join(
    ' ',
  );
  const refusals = [
    ['depth', nested(300), 'A document may have at most 10 levels of depth. Split it, or ask for less.'],
    [
      'fragments that spread each other',
      '{ a { ...A } } fragment A on T { x ...B } fragment B on T { ...A }',
      'A document may have at most 20000 fields after spreading fragments. Split it, or ask for less.',
    ],
    [
      'a fragment that spreads itself',
      '{ ...A } fragment A on T { ...A }',
      'A document may have at most 20000 fields after spreading fragments. Split it, or ask for less.',
    ],
    [
      'fragments that multiply',
      `{ ...F0 } ${multiplying} fragment F60 on T { x }`,
      'A document may have at most 20000 fields after spreading fragments. Split it, or ask for less.',
    ],
    [
      'nested inline fragments around depth',
      `{ ${repeated(200, '... { ')} a ${nested(10)} ${repeated(200, '}')} }`,
      'A document may have at most 10 levels of depth. Split it, or ask for less.',
    ],
    [
      'repeated fields',
      `{ ${repeated(10_000, 'a ')} }`,
      'A document may have at most 10 root fields. Split it, or ask for less.',
    ],
    [
      'one field under many aliases',
      `{ a { ${Array.from({ length: 16 }, (_, n) => `x${n}: x`).join(' ')} } }`,
      'A document may have at most 15 aliases. Split it, or ask for less.',
    ],
    [
      'directives',
      `{ a { b ${repeated(200, '@skip(if: false) ')} } }`,
      'A document may have at most 20 directives. Split it, or ask for less.',
    ],
    [
      'names of the prototype',
      `{ __proto__: constructor ...toString } fragment toString on T ${nested(11)} fragment __proto__ on T { a }`,
      'A document may have at most 10 levels of depth. Split it, or ask for less.',
    ],
  ] as const;

  it.each(refusals)('is refused for %s, after one look at each of its selection sets', (_what, text, message) => {
    const document = parse(text);
    const counted = countReads(document);
    expect(() => checkLimits(document, getOperationAST(document)!, PUBLIC_LIMITS)).toThrow(message);
    expect(counted.reads).toBeLessThanOrEqual(counted.sets);
  });

  it('is refused before it is parsed when it is long', () => {
    expect(() => checkTokens(`{ ${repeated(10_000, 'a ')} }`, PUBLIC_LIMITS.tokens)).toThrow(
      'A document may have at most 1000 tokens. Split it, or ask for less.',
    );
  });
});

describe('the measure of a document', () => {
  it('is taken once for all requests of an operation, and compared with the limits of each', () => {
    const document = parse(nested(11));
    const operation = getOperationAST(document)!;
    const counted = countReads(document);
    expect(() => checkLimits(document, operation, PUBLIC_LIMITS)).toThrow('levels of depth');
    expect(() => checkLimits(document, operation, INTERNAL_LIMITS)).not.toThrow();
    expect(() => checkLimits(document, operation, PUBLIC_LIMITS)).toThrow('levels of depth');
    expect(counted.reads).toBe(counted.sets);
  });

  it('tells introspection apart from the rest', () => {
    const document = parse(
      '{ a: x { b { __typename } } __schema { types { name } } __type(name: "T") { ...F } } fragment F on __Type { fields { name } }',
    );
    const measure = measureDocument(document, getOperationAST(document)!);
    expect(measure).toEqual({
      depth: 2,
      introspectionDepth: 3,
      aliases: 1,
      rootFields: 1,
      directives: 0,
      visited: 10,
      alone: null,
    });
    expect(() => checkMeasure(measure, { ...PUBLIC_LIMITS, depth: 2, rootFields: 1, aliases: 1 })).not.toThrow();
    expect(() => checkMeasure(measure, { ...PUBLIC_LIMITS, aliases: 0 })).toThrow('at most 0 aliases');
  });

  it('equals a walk that visits every spread', () => {
    fc.assert(
      fc.property(documents, (text) => {
        const document = parse(text);
        const operation = getOperationAST(document)!;
        const { depth, aliases, rootFields, directives, visited, introspectionDepth } = measureDocument(
          document,
          operation,
        );
        expect({ depth, aliases, rootFields, directives, visited, introspectionDepth }).toEqual(walk(document));
      }),
      { seed: 11, numRuns: 100 },
    );
  });
});

/** Fragments spread later ones only, so that there is no cycle. */
const documents = fc
  .array(
    fc.letrec<{ set: string; selection: string }>((tie) => ({
      set: fc
        .array(tie('selection'), { minLength: 1, maxLength: 4 })
        .map((selections) => `{ ${selections.join(' ')} }`),
      selection: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        fc.constantFrom('a', 'b: a', '__typename', '...LATER', '...LATER @skip(if: true)', 'c @include(if: true)'),
        tie('set').map((set) => `d ${set}`),
        tie('set').map((set) => `e: d @skip(if: false) ${set}`),
        tie('set').map((set) => `... ${set}`),
        tie('set').map((set) => `__schema ${set}`),
      ),
    })).set,
    { minLength: 1, maxLength: 5 },
  )
  .map((sets) =>
    sets
      .map((set, index) => {
        const body = set.replaceAll('...LATER', index + 1 < sets.length ? `...F${index + 1}` : 'last');
        return index === 0 ? body : `fragment F${index} on T ${body}`;
      })
      .join(' '),
  );

function walk(document: DocumentNode) {
  const total = { depth: 0, aliases: 0, rootFields: 0, directives: 0, visited: 0, introspectionDepth: 0 };
  const step = ({ selections }: SelectionSetNode, depth: number, introspected: boolean) => {
    for (const selection of selections) {
      total.visited += 1;
      total.directives += selection.directives?.length ?? 0;
      if (selection.kind === Kind.FIELD) {
        const inside = introspected || selection.name.value.startsWith('__');
        if (selection.alias) total.aliases += 1;
        if (depth === 1 && !inside) total.rootFields += 1;
        const kind = inside ? 'introspectionDepth' : 'depth';
        total[kind] = Math.max(total[kind], depth);
        if (selection.selectionSet) step(selection.selectionSet, depth + 1, inside);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) step(selection.selectionSet, depth, introspected);
      else {
        const fragment = document.definitions.find(
          (each) => each.kind === Kind.FRAGMENT_DEFINITION && each.name.value === selection.name.value,
        );
        if (fragment?.kind === Kind.FRAGMENT_DEFINITION) step(fragment.selectionSet, depth, introspected);
      }
    }
  };
  step(getOperationAST(document)!.selectionSet, 1, false);
  return total;
}
