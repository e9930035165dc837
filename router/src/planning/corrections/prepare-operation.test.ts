import { parse, print } from 'graphql';
import { describe, expect, test } from 'vitest';
import { prepareOperation } from './prepare-operation.ts';

const reserved = { responseKeys: new Set(['id', 'code', 'constructor']) };
const prepare = (text: string) => {
  const { document, responseKeys } = prepareOperation(parse(text), reserved);
  return { text: print(document).replaceAll(/\s+/g, ' ').trim(), responseKeys };
};

describe('prepareOperation', () => {
  test('gives aliases of reserved names other names, in fragments as well', () => {
    expect(
      prepare('{ a { id: name ...F code { id: id id2: id } } } fragment F on A { id: name code: b { id } }'),
    ).toEqual({
      text: '{ a { _asked_0_id: name ...F code { id: id id2: id } } } fragment F on A { _asked_0_id: name _asked_0_code: b { id } }',
      responseKeys: { _asked_0_id: 'id', _asked_0_code: 'code' },
    });
  });

  test('avoids names that the document uses', () => {
    expect(prepare('{ a { id: name _asked_0_id: id } }')).toEqual({
      text: '{ a { _asked_1_id: name _asked_0_id: id } }',
      responseKeys: { _asked_1_id: 'id' },
    });
  });

  test('takes names of object properties for what they are', () => {
    expect(prepare('{ a { constructor: name __proto__: id toString: id } }')).toEqual({
      text: '{ a { _asked_0_constructor: name __proto__: id toString: id } }',
      responseKeys: { _asked_0_constructor: 'constructor' },
    });
  });

  test('answers the same document when no name collides', () => {
    const document = parse('query ($id: ID) { id a(id: $id) { id code: code other: id kind: __typename } }');
    expect(prepareOperation(document, reserved)).toEqual({ document, responseKeys: null });
    expect(prepareOperation(document, reserved).document).toBe(document);
  });

  test.each([
    ['{ a { __typename: name } }', 'The alias "__typename" is reserved.'],
    ['query ($representations: [Int]) { a }', 'The variable name "$representations" is reserved.'],
    ['query ($contextualArgument_1_0: Int) { a }', 'The variable name "$contextualArgument_1_0" is reserved.'],
  ])('refuses %s', (text, message) => {
    expect(() => prepare(text)).toThrow(message);
  });
});
