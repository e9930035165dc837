import { buildSchema, GraphQLError } from 'graphql';
import { describe, expect, test } from 'vitest';
import { requestFault } from '@kontor/kit/src/errors.ts';
import { attributeFailure } from './attribute-failure.ts';
import { describePlanningFailure } from './planning-failure.ts';

const SCHEMA = buildSchema('type Query { a(of: Int): Int }');
const CANNOT = new GraphQLError('Cannot add selection of field "Medium.__typename".', {
  extensions: { code: 'INVALID_GRAPHQL' },
});
const attribute = (error: unknown, text: string) => attributeFailure(error, text, () => SCHEMA);

describe('what the planner threw', () => {
  test('is a fault of the document where that does not fit the schema', () => {
    expect(describePlanningFailure(attribute(CANNOT, '{ other }'))).toEqual({
      code: 'GRAPHQL_VALIDATION_FAILED',
      message: 'Cannot query field "other" on type "Query".',
    });
    expect(describePlanningFailure(attribute(CANNOT, '{ a'))).toEqual({
      code: 'GRAPHQL_VALIDATION_FAILED',
      message: 'Syntax Error: Expected Name, found <EOF>.',
    });
  });

  test.each([
    ['an error of GraphQL', CANNOT],
    ['another error', new Error('Cannot add selection of field "Medium.__typename".')],
  ])('is a fault of ours where the document is valid, with its hash and name: %s', (_what, error) => {
    const { code, message } = describePlanningFailure(attribute(error, 'query Prices { a(of: 4711) }'));
    expect(code).toBeNull();
    expect(message).toMatch(
      /^Error: The planner cannot plan the document aebf81cb6de5c101 \(operation Prices\), which is valid\.\n/,
    );
    expect(message).toMatch(/\nCause: .*: Cannot add selection of field "Medium.__typename"\./);
  });

  test('is a fault of ours for an operation without a name', () => {
    expect(describePlanningFailure(attribute(CANNOT, '{ a }'))).toMatchObject({
      code: null,
      message: expect.stringMatching(/^Error: The planner cannot plan the document [0-9a-f]{16}, which is valid\.\n/),
    });
  });

  test.each([
    ['a name that is reserved', requestFault('GRAPHQL_VALIDATION_FAILED', 'The alias "__typename" is reserved.')],
    ['a limit', new RangeError('Maximum call stack size exceeded')],
  ])('stays what it is when it is %s', (_what, error) => {
    expect(attribute(error, '{ a }')).toBe(error);
  });
});
