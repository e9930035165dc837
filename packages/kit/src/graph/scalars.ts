import { GraphQLError, GraphQLScalarType, Kind, valueFromASTUntyped, type ValueNode } from 'graphql';
import { isCurrencyCode } from '../money.ts';

const text = (name: string, value: unknown): string => {
  if (typeof value === 'string') return value;
  throw new GraphQLError(`${name} must be a text.`);
};

function textScalar(
  name: string,
  parse: (value: string) => string,
  serialize: (value: unknown) => string = (value) => text(name, value),
): GraphQLScalarType<string, string> {
  return new GraphQLScalarType({
    name,
    serialize,
    parseValue: (value) => parse(text(name, value)),
    parseLiteral: (node: ValueNode) => {
      if (node.kind !== Kind.STRING) throw new GraphQLError(`${name} must be a text.`, { nodes: [node] });
      return parse(node.value);
    },
  });
}

function safeInteger(value: unknown): number {
  const number = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number))
    throw new GraphQLError('SafeInt must be a whole number of at most 2^53 - 1.');
  return number;
}

const strictInteger = (value: unknown): number => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value))
    throw new GraphQLError('SafeInt must be a whole number of at most 2^53 - 1.');
  return value;
};

const country = (value: string) => {
  if (!/^[A-Z]{2}$/.test(value))
    throw new GraphQLError(`"${value.slice(0, 20)}" is not a country code: two upper-case letters, such as DE.`);
  return value;
};

const currency = (value: string) => {
  if (!isCurrencyCode(value))
    throw new GraphQLError(
      `"${value.slice(0, 20)}" is not a currency code: three upper-case letters of ISO 4217, such as EUR.`,
    );
  return value;
};

const instant = (value: string) => {
  const time = new Date(value);
  if (!/^\d{4}-\d\d-\d\dT/.test(value) || Number.isNaN(time.getTime()))
    throw new GraphQLError('DateTime must be ISO 8601, such as 2026-01-31T12:00:00Z.');
  return time.toISOString();
};

/** Resolvers of the scalars in `common.graphql` and `channel.graphql`. `DateTime` serializes a Date, PostgreSQL text or ISO text. */
export const scalarResolvers = {
  SafeInt: new GraphQLScalarType<number, number>({
    name: 'SafeInt',
    serialize: safeInteger,
    parseValue: strictInteger,
    parseLiteral: (node) => {
      if (node.kind !== Kind.INT)
        throw new GraphQLError('SafeInt must be a whole number of at most 2^53 - 1.', { nodes: [node] });
      return strictInteger(Number(node.value));
    },
  }),
  DateTime: textScalar('DateTime', instant, (value) => {
    const time = value instanceof Date ? value : new Date(text('DateTime', value));
    if (Number.isNaN(time.getTime())) throw new GraphQLError('A time could not be written.');
    return time.toISOString();
  }),
  CurrencyCode: textScalar('CurrencyCode', currency),
  CountryCode: textScalar('CountryCode', country),
  Cursor: textScalar('Cursor', (value) => value),
  JSON: new GraphQLScalarType<unknown, unknown>({
    name: 'JSON',
    serialize: (value) => value,
    parseValue: (value) => value,
    parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
  }),
};
