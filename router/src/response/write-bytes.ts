import type { IntrospectionAnswer } from './introspection-answer.ts';
import { JsonFragment } from './json-fragment.ts';
import { isInt, isJson } from './leaf-value.ts';
import { isObject, KIND, readField, type ObjectShape, type TypeShape } from './shape.ts';

const INITIAL_BYTES = 256 * 1024;
/** A scratch that grew beyond this for one large answer is given back. */
const RETAINED_BYTES = 4 * 1024 * 1024;
/** After a fragment there is room for the longest number or literal. */
const SLACK = 32;
/** Longer strings are checked and copied by the engine, whose calls cost more than a short loop. */
const SHORT = 64;
/** What JSON must escape, and surrogates: a lone one has no UTF-8. */
// eslint-disable-next-line no-control-regex
const MUST_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/;
const FAILED = -1;

const {
  constant: CONSTANT,
  string: STRING,
  int: INT,
  float: FLOAT,
  boolean: BOOLEAN,
  id: ID,
  enumeration: ENUMERATION,
  custom: CUSTOM,
  list: LIST,
  composite: COMPOSITE,
  introspection: INTROSPECTION,
} = KIND;

const NULL = new JsonFragment('null');
const TRUE = new JsonFragment('true');
const FALSE = new JsonFragment('false');

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const ZERO = 0x30;
const LEFT_BRACKET = 0x5b;
const RIGHT_BRACKET = 0x5d;
const LEFT_BRACE = 0x7b;
const RIGHT_BRACE = 0x7d;

// One scratch for the process: writing never waits, so that no two answers are written at once.
let scratch: Buffer;
let view: DataView;
let capacity: number;
allocate(INITIAL_BYTES);

/**
 * Writes the JSON of a merged tree in UTF-8, for as long as the data fit the schema. The first thing that does not makes it
 * stop and answer undefined: what happens then is completeRoot's to say. The bytes are valid during `read` only.
 */
export function writeBytes<Result>(
  shape: ObjectShape,
  tree: Readonly<Record<string, unknown>>,
  read: (bytes: Buffer) => Result,
): Result | undefined {
  const end = writeObject(shape, tree, 0);
  const result = end === FAILED ? undefined : read(scratch.subarray(0, end));
  if (capacity > RETAINED_BYTES) allocate(INITIAL_BYTES);
  return result;
}

// Each of the following writes at a position and answers the one after, or FAILED.

function writeObject(shape: ObjectShape, data: Readonly<Record<string, unknown>>, start: number): number {
  const { fields } = shape;
  let position = start;
  for (let index = 0; index < fields.length; index++) {
    const field = fields[index]!;
    position = writeFragment(field.opening, position);
    const { type } = field;
    if (type.kind === CONSTANT) continue;
    if (type.kind === INTROSPECTION) position = writeIntrospection(field.introspection!, position);
    else {
      const value = readField(data, field);
      if (typeof value === 'string' && type.isText) position = writeString(value, position);
      else position = writeValue(type, value, position);
    }
    if (position === FAILED) return FAILED;
  }
  reserve(position, SLACK);
  if (fields.length === 0) scratch[position++] = LEFT_BRACE;
  scratch[position] = RIGHT_BRACE;
  return position + 1;
}

function writeValue(type: TypeShape, value: unknown, position: number): number {
  if (value == null) return type.nullable ? writeFragment(NULL, position) : FAILED;
  switch (type.kind) {
    case STRING:
      return typeof value === 'string' ? writeString(value, position) : FAILED;
    case INT:
      return isInt(value) ? writeNumber(value, position) : FAILED;
    case FLOAT:
      return typeof value === 'number' && Number.isFinite(value) ? writeNumber(value, position) : FAILED;
    case BOOLEAN:
      if (typeof value !== 'boolean') return FAILED;
      return writeFragment(value ? TRUE : FALSE, position);
    case ID:
      if (typeof value === 'string') return writeString(value, position);
      return Number.isSafeInteger(value) ? writeAscii(`"${value as number}"`, position) : FAILED;
    case ENUMERATION: {
      const fragment = type.values!.get(value);
      return fragment ? writeFragment(fragment, position) : FAILED;
    }
    case CUSTOM:
      if (typeof value === 'string') return writeString(value, position);
      if (typeof value === 'number') return Number.isFinite(value) ? writeNumber(value, position) : FAILED;
      return isJson(value) ? writeRaw(Buffer.from(JSON.stringify(value)), position) : FAILED;
    case LIST:
      return Array.isArray(value) ? writeList(type.item!, value, position) : FAILED;
    case COMPOSITE: {
      if (!isObject(value)) return FAILED;
      const shape = type.source!.shapeOf(value);
      return shape ? writeObject(shape, value, position) : FAILED;
    }
    default:
      return FAILED;
  }
}

function writeList(item: TypeShape, values: readonly unknown[], start: number): number {
  let position = start;
  reserve(position, SLACK);
  scratch[position++] = LEFT_BRACKET;
  for (let index = 0; index < values.length; index++) {
    reserve(position, SLACK);
    if (index > 0) scratch[position++] = COMMA;
    position = writeValue(item, values[index], position);
    if (position === FAILED) return FAILED;
  }
  reserve(position, SLACK);
  scratch[position] = RIGHT_BRACKET;
  return position + 1;
}

function writeIntrospection(introspection: IntrospectionAnswer, position: number): number {
  const answer = introspection.read();
  return 'failure' in answer ? FAILED : writeRaw(answer.bytes, position);
}

function writeFragment({ words, length }: JsonFragment, position: number): number {
  reserve(position, words.length * 8 + SLACK);
  for (let index = 0; index < words.length; index++) view.setFloat64(position + index * 8, words[index]!, true);
  return position + length;
}

function writeString(text: string, start: number): number {
  const { length } = text;
  if (length >= SHORT) return writeAnyString(text, start);
  reserve(start, length + SLACK);
  let position = start;
  scratch[position++] = QUOTE;
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code > 0x7f || code === QUOTE || code === BACKSLASH) return writeAnyString(text, start);
    scratch[position++] = code;
  }
  scratch[position] = QUOTE;
  return position + 1;
}

function writeAnyString(text: string, start: number): number {
  const escaped = MUST_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`;
  // A UTF-16 unit takes at most three bytes.
  reserve(start, escaped.length * 3 + SLACK);
  return start + scratch.write(escaped, start);
}

function writeNumber(value: number, position: number): number {
  // The engine makes no new text for small integers, but this spares a look-up too.
  if (value < 10 && value >= 0 && (value | 0) === value) {
    scratch[position] = ZERO + value;
    return position + 1;
  }
  return writeAscii(String(value), position);
}

/** Room for up to SLACK bytes is there. */
function writeAscii(text: string, position: number): number {
  for (let index = 0; index < text.length; index++) scratch[position + index] = text.charCodeAt(index);
  return position + text.length;
}

function writeRaw(bytes: Uint8Array, position: number): number {
  reserve(position, bytes.length + SLACK);
  scratch.set(bytes, position);
  return position + bytes.length;
}

function reserve(position: number, length: number): void {
  if (position + length > capacity) grow(position, position + length);
}

function grow(used: number, needed: number): void {
  const before = scratch;
  allocate(Math.max(capacity * 2, needed));
  before.copy(scratch, 0, 0, used);
}

function allocate(bytes: number): void {
  scratch = Buffer.allocUnsafeSlow(bytes);
  view = new DataView(scratch.buffer);
  capacity = bytes;
}
