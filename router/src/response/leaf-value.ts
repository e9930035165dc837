import { KIND, type TypeShape } from './shape.ts';

/** Stands for a value that does not fit its type. */
export const NOT_A_VALUE = Symbol('not a value');

const MAX_INT = 2 ** 31 - 1;
const MIN_INT = -(2 ** 31);

/**
 * JSON of a scalar of the schema may nest this deep. The JSON functions of the engine recurse: they throw when a hostile value
 * nests some thousand levels.
 */
const MAX_DEPTH = 500;

export const isInt = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value <= MAX_INT && value >= MIN_INT;

/**
 * The value of a leaf in the response, or NOT_A_VALUE (GraphQL 3.5 and 6.4.3, CoerceResult). The value is neither null nor undefined.
 * The specification allows to coerce what is equivalent ("1" as an Int, 1 as a Boolean), as graphql-js does for its resolvers;
 * a subgraph has done that already, so that whatever else comes from it is a fault of it. Except IDs: those may be numbers, as long as
 * reading them as doubles has lost nothing.
 */
export function coerceLeaf({ kind, values }: TypeShape, value: unknown): unknown {
  switch (kind) {
    case KIND.string:
      return typeof value === 'string' ? value : NOT_A_VALUE;
    case KIND.int:
      return isInt(value) ? value : NOT_A_VALUE;
    case KIND.float:
      return Number.isFinite(value) ? value : NOT_A_VALUE;
    case KIND.boolean:
      return typeof value === 'boolean' ? value : NOT_A_VALUE;
    case KIND.id:
      if (typeof value === 'string') return value;
      return Number.isSafeInteger(value) ? String(value) : NOT_A_VALUE;
    case KIND.enumeration:
      return values!.has(value) ? value : NOT_A_VALUE;
    case KIND.custom:
      return isJson(value) ? value : NOT_A_VALUE;
    default:
      return NOT_A_VALUE;
  }
}

/** Why a value is NOT_A_VALUE, in the words of graphql-js. It never repeats the value: that is somebody's data, and this goes to a log. */
export function explainLeaf({ kind, name }: TypeShape, value: unknown): string {
  const found = describeValue(value);
  switch (kind) {
    case KIND.int:
      return Number.isInteger(value)
        ? 'Int cannot represent non 32-bit signed integer value.'
        : `Int cannot represent non-integer value: ${found}.`;
    case KIND.float:
      return `Float cannot represent non numeric value: ${found}.`;
    case KIND.boolean:
      return `Boolean cannot represent a non boolean value: ${found}.`;
    case KIND.enumeration:
      return `Enum "${name}" cannot represent value: ${found}.`;
    default:
      return `${name} cannot represent value: ${found}.`;
  }
}

/** What kind of JSON a value is, in words. */
export function describeValue(value: unknown): string {
  if (value == null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** Whether JSON can hold a value, and the engine can write it. */
export function isJson(value: unknown, depth = 0): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value);
    case 'undefined':
      // A member that JSON leaves out.
      return depth > 0;
    case 'object':
      if (value === null) return true;
      if (depth === MAX_DEPTH || typeof (value as { toJSON?: unknown }).toJSON === 'function') return false;
      return (Array.isArray(value) ? value : Object.values(value)).every((part) => isJson(part, depth + 1));
    default:
      return false;
  }
}
