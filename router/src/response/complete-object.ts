import { coerceLeaf, describeValue, explainLeaf, NOT_A_VALUE } from './leaf-value.ts';
import {
  isObject,
  KIND,
  readField,
  type FieldShape,
  type ObjectShape,
  type ShapeSource,
  type TypeShape,
} from './shape.ts';

/** A value that does not fit the schema, where it stands in the response. The message names types and fields, never data. */
export interface CompletionError {
  readonly message: string;
  readonly path: readonly (string | number)[];
}

/** An answer says no more than this many errors: data that are wrong throughout would make one for each field. */
export const MAX_COMPLETION_ERRORS = 100;

/** The null that a non-null position cannot hold, on its way up (GraphQL 6.4.4). Its error is noted. */
const PROPAGATE = Symbol('propagate');

/**
 * Completes a merged tree as GraphQL 6.4.3 has it, or answers null where a null propagates to the root. Like graphql-js, and
 * as 6.4.4 allows, it leaves the rest of an object or list alone that has become null.
 */
export function completeRoot(
  shape: ObjectShape,
  tree: Readonly<Record<string, unknown>>,
  errors: CompletionError[],
): Record<string, unknown> | null {
  const result = new Completion(errors).completeObject(shape, tree);
  return result === PROPAGATE ? null : result;
}

/** An object that inherits nothing, so that no response key is special. One made by Object.create(null) would be slow to read and write. */
const Data = function () {} as unknown as new () => Record<string, unknown>;
Data.prototype = Object.freeze(Object.create(null)) as object;

class Completion {
  readonly #errors: CompletionError[];
  /** Of the object or list that is being completed. */
  readonly #path: (string | number)[] = [];

  constructor(errors: CompletionError[]) {
    this.#errors = errors;
  }

  completeObject(
    shape: ObjectShape,
    data: Readonly<Record<string, unknown>>,
  ): Record<string, unknown> | typeof PROPAGATE {
    const result = new Data();
    for (const field of shape.fields) {
      const value = this.#completeField(field, data);
      if (value === PROPAGATE) return PROPAGATE;
      result[field.key] = value;
    }
    return result;
  }

  #completeField(field: FieldShape, data: Readonly<Record<string, unknown>>): unknown {
    switch (field.type.kind) {
      case KIND.constant:
        return field.constant;
      case KIND.introspection:
        return this.#introspect(field);
      case KIND.unknownTypename:
        return this.#fail(field.type, field.key, 'The type of this object is not known: it says only its interface.');
      default:
        return this.#completeValue(field, field.type, field.key, readField(data, field));
    }
  }

  /** `key` is the last part of the path: a response key or an index. */
  #completeValue(field: FieldShape, type: TypeShape, key: string | number, value: unknown): unknown {
    if (value == null)
      return type.nullable
        ? null
        : this.#fail(type, key, `Cannot return null for non-nullable field ${field.coordinate}.`);
    switch (type.kind) {
      case KIND.list:
        if (Array.isArray(value)) return this.#completeList(field, type, key, value);
        return this.#fail(type, key, `Expected Iterable, but did not find one for field "${field.coordinate}".`);
      case KIND.composite:
        if (isObject(value)) return this.#completeComposite(field, type, key, value);
        return this.#fail(type, key, `Expected value of type "${type.name}" but got: ${describeValue(value)}.`);
      default: {
        const leaf = coerceLeaf(type, value);
        return leaf === NOT_A_VALUE ? this.#fail(type, key, explainLeaf(type, value)) : leaf;
      }
    }
  }

  #completeList(field: FieldShape, type: TypeShape, key: string | number, values: readonly unknown[]): unknown {
    const item = type.item!;
    const result: unknown[] = [];
    this.#path.push(key);
    for (let index = 0; index < values.length; index++) {
      const value = this.#completeValue(field, item, index, values[index]);
      if (value === PROPAGATE) {
        this.#path.pop();
        return type.nullable ? null : PROPAGATE;
      }
      result.push(value);
    }
    this.#path.pop();
    return result;
  }

  #completeComposite(
    field: FieldShape,
    type: TypeShape,
    key: string | number,
    value: Readonly<Record<string, unknown>>,
  ): unknown {
    const source = type.source as ShapeSource;
    const shape = source.shapeOf(value);
    if (!shape) return this.#fail(type, key, source.explain(value, field.coordinate));
    this.#path.push(key);
    const result = this.completeObject(shape, value);
    this.#path.pop();
    return result === PROPAGATE && type.nullable ? null : result;
  }

  #introspect({ type, key, introspection }: FieldShape): unknown {
    const answer = introspection!.read();
    if ('failure' in answer) return this.#fail(type, key, answer.failure);
    // A copy, since whoever gets the answer owns it.
    return JSON.parse(answer.text) as unknown;
  }

  #fail(type: TypeShape, key: string | number, message: string): null | typeof PROPAGATE {
    if (this.#errors.length < MAX_COMPLETION_ERRORS) this.#errors.push({ message, path: [...this.#path, key] });
    return type.nullable ? null : PROPAGATE;
  }
}
