import { buildSchema, getOperationAST, getVariableValues, GraphQLError, parse, type GraphQLScalarType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { createVariableCoercer } from './coerce-variables.ts';

const schema = buildSchema(/* GraphQL */ `
  enum Colour {
    RED
  }
  scalar Even
  input Filter {
    colour: Colour! = RED
    sizes: [Int!]
  }
  type Query {
    find(id: ID, filter: Filter, first: Int, ids: [ID!], even: Even): String
  }
`);
(schema.getType('Even') as GraphQLScalarType).parseValue = (value) => {
  if (typeof value === 'number' && value % 2 === 0) return value / 2;
  throw new GraphQLError('not even', { extensions: { code: 'ODD' } });
};
const operationOf = (variables: string) => getOperationAST(parse(`query ${variables} { __typename }`))!;
const coerce = (variables: string, values: Record<string, unknown>) =>
  createVariableCoercer(schema, operationOf(variables))(values);

describe('variables', () => {
  test('are empty when the operation declares none, whatever is sent', () => {
    expect(coerce('', { id: 1 })).toEqual({ coerced: {} });
  });

  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['($id: ID)', { id: 5, other: 1 }, { id: '5' }],
    ['($id: ID)', {}, {}],
    ['($id: ID = "a")', {}, { id: 'a' }],
    ['($id: ID = "a")', { id: null }, { id: null }],
    ['($ids: [ID!]!)', { ids: 'one' }, { ids: ['one'] }],
    ['($filter: Filter)', { filter: { sizes: [1] } }, { filter: { colour: 'RED', sizes: [1] } }],
    ['($even: Even)', { even: 4 }, { even: 2 }],
  ])('%s of %j are coerced', (declared, values, coerced) => {
    expect(coerce(declared, values)).toEqual({ coerced });
  });

  test.each<[string, Record<string, unknown>]>([
    ['($id: ID!)', {}],
    ['($id: ID!)', { id: null }],
    ['($first: Int)', { first: '1' }],
    ['($first: Int, $ids: [ID!])', { first: 2 ** 31, ids: [true, null] }],
    ['($filter: Filter)', { filter: { colour: 'TEAL', sizes: [1, null], other: 1 } }],
    ['($filter: Filter)', { filter: [] }],
  ])('%s of %j are refused in the words of graphql-js as bad input', (declared, values) => {
    const operation = operationOf(declared);
    const { errors: expected } = getVariableValues(schema, operation.variableDefinitions!, values);
    const { errors } = createVariableCoercer(schema, operation)(values);
    expect(errors!.map(({ message, locations }) => ({ message, locations }))).toEqual(
      expected!.map(({ message, locations }) => ({ message, locations })),
    );
    for (const error of errors!) expect(error.extensions).toEqual({ code: 'BAD_USER_INPUT', http: { status: 400 } });
  });

  test('keep the code of a scalar that refuses a value', () => {
    expect(coerce('($even: Even)', { even: 3 }).errors).toMatchObject([{ extensions: { code: 'ODD' } }]);
  });

  test('make no more than 50 errors and one that says so', () => {
    const { errors } = coerce('($ids: [ID!])', { ids: Array.from({ length: 1_000 }, () => true) });
    expect(errors).toHaveLength(51);
    expect(errors![50]!.message).toBe('Too many errors processing variables, error limit reached. Execution aborted.');
  });

  test('may be named as what objects inherit', () => {
    const declared = '($__proto__: ID, $constructor: ID, $toString: ID = "s")';
    const sent = JSON.parse('{"__proto__":"p"}') as Record<string, unknown>;
    const { coerced } = coerce(declared, sent);
    expect(Object.entries(coerced!)).toEqual([
      ['__proto__', 'p'],
      ['toString', 's'],
    ]);
    expect(coerce('($constructor: ID!)', {}).errors).toHaveLength(1);
  });
});
