import { readField, writeField, type JsonObject } from './json-value.ts';
import { select, type RepresentationShape, type RequiredField } from './representation-shape.ts';
import type { TypeConditions } from './type-conditions.ts';

/** What is asked for a list of objects: equal ones are asked for once. */
export interface Representations {
  readonly list: JsonObject[];
  /** Aligned with the objects: the index in `list` of what stands for each, -1 for those that nothing can stand for. */
  readonly indexes: number[];
}

/**
 * Makes the representations of objects of the tree. Objects without a type, or without a value in any of the fields, are left
 * out: no subgraph can know them.
 */
export function createRepresentations(
  objects: readonly JsonObject[],
  shapeOf: (typename: string) => RepresentationShape | null,
  conditions: TypeConditions,
): Representations {
  const list: JsonObject[] = [];
  const indexes = new Array<number>(objects.length);
  /** Per type and name of the key, the index by its value: a value alone needs no text. */
  const byKey = new Map<string, Map<unknown, number>>();
  const byText = new Map<string, number>();
  let typename: unknown;
  let shape: RepresentationShape | null = null;
  let seen: Map<unknown, number> = byText;

  for (let i = 0; i < objects.length; i++) {
    const object = objects[i]!;
    const type = object['__typename'];
    if (type !== typename) {
      typename = type;
      shape = typeof type === 'string' ? shapeOf(type) : null;
      seen = shape === null || shape.key === null ? byText : mapAt(byKey, `${shape.typename} ${shape.key}`);
    }
    indexes[i] = shape === null ? -1 : indexOf(object, shape);
  }
  return { list, indexes };

  function indexOf(object: JsonObject, { typename, key, fields, selections, rewrite }: RepresentationShape): number {
    if (key !== null) {
      const value = readField(object, key);
      if (value === undefined || value === null) return -1;
      if (typeof value !== 'object') return seen.get(value) ?? push(seen, value, withKey(typename, key, value));
    }
    if (fields !== null) {
      const representation: JsonObject = { __typename: typename };
      const text = fill(representation, object, fields, conditions);
      return text === null ? -1 : (byText.get(text) ?? push(byText, text, representation));
    }
    const representation = select(object, selections, conditions) as JsonObject | null;
    if (!representation?.['__typename']) return -1;
    rewrite?.(representation);
    const text = JSON.stringify(representation);
    return byText.get(text) ?? push(byText, text, representation);
  }

  function push(map: Map<unknown, number>, key: unknown, representation: JsonObject): number {
    map.set(key, list.length);
    return list.push(representation) - 1;
  }
}

function mapAt(maps: Map<string, Map<unknown, number>>, key: string): Map<unknown, number> {
  const known = maps.get(key);
  if (known !== undefined) return known;
  const made = new Map<unknown, number>();
  maps.set(key, made);
  return made;
}

/** Nearly all keys are `id`: such objects have one hidden class. */
function withKey(typename: string, key: string, value: unknown): JsonObject {
  if (key === 'id') return { __typename: typename, id: value };
  const representation: JsonObject = { __typename: typename };
  writeField(representation, key, value);
  return representation;
}

/** @returns a text that only an equal representation has; null when a field is missing or all are null. */
function fill(
  representation: JsonObject,
  object: JsonObject,
  fields: readonly RequiredField[],
  conditions: TypeConditions,
): string | null {
  let text = `${String(representation['__typename'])} `;
  let empty = true;
  for (const { name, selections } of fields) {
    const given = readField(object, name);
    if (given === undefined) return null;
    const value = selections === null ? given : select(given, selections, conditions);
    if (value !== null) empty = false;
    writeField(representation, name, value);
    text += textOf(value);
  }
  return empty ? null : text;
}

/** No text of a value begins with that of another: texts can stand side by side. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return `"${value.length}:${value}`;
  if (typeof value !== 'object' || value === null) return `${String(value)};`;
  const json = JSON.stringify(value);
  return `{${json.length}:${json}`;
}
