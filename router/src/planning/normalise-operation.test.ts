import { getOperationAST, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { normaliseOperation } from './normalise-operation.ts';

const normalised = (text: string, name?: string) => {
  const document = parse(text);
  return normaliseOperation(document, getOperationAST(document, name)!).text;
};

describe('normaliseOperation', () => {
  it('gives one text for documents that differ in white space, commas, comments and order of definitions', () => {
    const one =
      'query A($id: ID!) { book(id: $id) { ...T, ...S } } fragment T on Book { title } fragment S on Book { stars }';
    const other = `# the same
      fragment S on Book { stars }  fragment T on Book { title }
      query A($id: ID! , ) { book ( id : $id ) { ...T ...S } }`;
    expect(normalised(one)).toBe(normalised(other));
    expect(normalised(normalised(one))).toBe(normalised(one));
  });

  it('keeps the chosen operation with its name and the fragments that it needs, however deep', () => {
    const text = `
      query A { book { ...One } }  query B { book { id } }  fragment Unused on Book { x }
      fragment Two on Book { author { ... on Author { ...Three } } }  fragment One on Book { ...Two ...Two }
      fragment Three on Author { name }`;
    const document = parse(normalised(text, 'A'));
    expect(document.definitions.map((definition) => 'name' in definition && definition.name?.value)).toEqual([
      'A',
      'One',
      'Three',
      'Two',
    ]);
    expect(normalised(text, 'B')).toBe('query B {\n  book {\n    id\n  }\n}');
  });

  it('keeps names, aliases, variables and directives apart', () => {
    const texts = [
      'query A { a: x }',
      'query B { a: x }',
      'query A { b: x }',
      'query A { a: x @skip(if: true) }',
      '{ a: x }',
    ];
    expect(new Set(texts.map((text) => normalised(text))).size).toBe(texts.length);
  });

  it('ends when fragments name each other, which is not valid', () => {
    expect(normalised('{ ...A } fragment A on Q { ...B } fragment B on Q { ...A }')).toContain('fragment B');
  });
});
