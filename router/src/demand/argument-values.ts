import {
  getNullableType,
  isInputObjectType,
  isListType,
  Kind,
  type FieldNode,
  type GraphQLArgument,
  type GraphQLInputType,
  type ValueNode,
} from 'graphql';
import type { Frame, OptionalExpression } from './expression.ts';

/** The value of a variable as it was coerced, or undefined when it has none; names of the prototype are none. */
export const variableOf = ({ variables }: Frame, name: string): unknown =>
  Object.hasOwn(variables, name) ? variables[name] : undefined;

/**
 * The size that an argument of a field tells, by a path such as `first`, `ids` or `input.first`: a number itself, a list by its length.
 * Unknown for null, for what is absent without a default, and for anything else. Negative numbers count as 0: the field refuses them.
 */
export function sizeByArgument(node: FieldNode, known: readonly GraphQLArgument[], path: string): OptionalExpression {
  const [name, ...rest] = path.split('.');
  const definition = known.find((argument) => argument.name === name);
  if (!definition) return undefined;
  const given = node.arguments?.find((argument) => argument.name.value === name);
  return sizeIn(given?.value, definition, rest);
}

/** What an argument or an input field takes. */
interface Place {
  readonly type: GraphQLInputType;
  readonly defaultValue?: unknown;
}

function sizeIn(
  node: ValueNode | undefined,
  { type, defaultValue }: Place,
  path: readonly string[],
): OptionalExpression {
  if (node === undefined) return sizeOfValue(defaultValue, path);
  if (node.kind === Kind.VARIABLE) {
    const name = node.name.value;
    return (frame) => {
      const value = variableOf(frame, name);
      // A variable that is absent leaves the place to its default (GraphQL 6.4.1); one that is null does not.
      return sizeOfValue(value === undefined ? defaultValue : value, path);
    };
  }
  const inner = getNullableType(type);
  const [field, ...rest] = path;
  if (field === undefined) {
    if (node.kind === Kind.LIST) return node.values.length;
    if (node.kind === Kind.NULL) return undefined;
    // One value stands for a list of one (GraphQL 3.11).
    if (isListType(inner)) return 1;
    return node.kind === Kind.INT ? sizeOfValue(Number(node.value), []) : undefined;
  }
  if (node.kind !== Kind.OBJECT || !isInputObjectType(inner)) return undefined;
  const definition = inner.getFields()[field];
  const given = node.fields.find(({ name }) => name.value === field);
  return definition ? sizeIn(given?.value, definition, rest) : undefined;
}

function sizeOfValue(value: unknown, path: readonly string[]): number | undefined {
  let current = value;
  for (const field of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, field)) return undefined;
    current = (current as Record<string, unknown>)[field];
  }
  if (Array.isArray(current)) return current.length;
  return typeof current === 'number' && Number.isFinite(current) ? Math.max(0, current) : undefined;
}
