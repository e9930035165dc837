import { requestFault } from '@kontor/kit/src/errors.ts';
import {
  getNamedType,
  getNullableType,
  isListType,
  type FieldNode,
  type GraphQLField,
  type GraphQLInputType,
} from 'graphql';
import { sizeByArgument } from './argument-values.ts';
import type { ListSize } from './costs.ts';
import { largest, orElse, type Expression, type OptionalExpression } from './expression.ts';

/**
 * How many items the `@listSize` of a field promises, or undefined when it does not say. Several, of the types behind an interface, count
 * with the largest.
 * The expression throws GraphQLError BAD_USER_INPUT when exactly one slicing argument is required and the operation gives none, or several.
 */
export function promisedLength(
  listSizes: readonly ListSize[],
  node: FieldNode,
  field: GraphQLField<unknown, unknown>,
  parent: string,
): OptionalExpression {
  const sizes = listSizes.map(({ slicingArguments, assumedSize, requireOneSlicingArgument }) => {
    const given = slicingArguments.map((path) => sizeByArgument(node, field.args, path));
    const size = largest(given, assumedSize);
    if (!requireOneSlicingArgument || slicingArguments.length === 0) return size;
    return (frame: Parameters<Extract<OptionalExpression, (...args: never) => unknown>>[0]) => {
      const count = given.filter((each) => (typeof each === 'function' ? each(frame) : each) !== undefined).length;
      if (count !== 1)
        throw requestFault(
          'BAD_USER_INPUT',
          `${parent}.${field.name} takes exactly one of the arguments that say how many: ${slicingArguments.join(', ')}.`,
        );
      return typeof size === 'function' ? size(frame) : size;
    };
  });
  return largest(sizes, undefined);
}

/**
 * How many items a list has that no directive sizes. A field that takes ids answers, as a rule, one item for each: it has as many, where
 * that is more than lists have by default. (Composition takes whole numbers alone as slicing arguments.)
 */
export function guessedLength(
  node: FieldNode,
  field: GraphQLField<unknown, unknown>,
  defaultLength: number,
): Expression {
  const ids = field.args.filter(({ type }) => isListOfIds(type)).map(({ name }) => name);
  if (ids.length === 0) return defaultLength;
  const sizes = ids.map((name) => sizeByArgument(node, field.args, name));
  return orElse(largest([defaultLength, ...sizes], undefined), defaultLength);
}

const isListOfIds = (type: GraphQLInputType): boolean =>
  isListType(getNullableType(type)) && getNamedType(type).name === 'ID';
