import type { IntrospectionAnswer } from './introspection-answer.ts';
import { JsonFragment } from './json-fragment.ts';

/** What stands at a position of the response. Small integers: the hot loops switch on them. */
export const KIND = {
  /** `__typename` of a known object type. */
  constant: 0,
  string: 1,
  int: 2,
  float: 3,
  boolean: 4,
  id: 5,
  enumeration: 6,
  /** A scalar of the schema: any JSON. */
  custom: 7,
  list: 8,
  composite: 9,
  /** `__schema` and `__type`. */
  introspection: 10,
  /** `__typename` of an object of which only the interface is known. */
  unknownTypename: 11,
} as const;

export type Kind = (typeof KIND)[keyof typeof KIND];

/** Says which object shape the data at a position of a composite type have. */
export interface ShapeSource {
  /** The shape, or undefined when the data do not say a type that is possible here. */
  shapeOf(data: Readonly<Record<string, unknown>>): ObjectShape | undefined;
  /** Why there is no shape for the data. `coordinate` is `Type.field` of the field. */
  explain(data: Readonly<Record<string, unknown>>, coordinate: string): string;
}

/** The type of a field or of the items of a list. One class for all kinds keeps the hot loops monomorphic. */
export class TypeShape {
  readonly kind: Kind;
  readonly nullable: boolean;
  /** Whether any string is a value of it. */
  readonly isText: boolean;
  /** Name of the innermost type, for messages. */
  readonly name: string;
  /** Of a list. */
  readonly item: TypeShape | undefined;
  /** Of an object, interface or union. */
  readonly source: ShapeSource | undefined;
  /** The values of an enum with their JSON texts. */
  readonly values: ReadonlyMap<unknown, JsonFragment> | undefined;

  constructor(
    kind: Kind,
    nullable: boolean,
    name: string,
    of: {
      item?: TypeShape;
      source?: ShapeSource;
      values?: ReadonlyMap<unknown, JsonFragment> | undefined;
    } = {},
  ) {
    this.kind = kind;
    this.nullable = nullable;
    this.name = name;
    this.isText = kind === KIND.string || kind === KIND.id || kind === KIND.custom;
    this.item = of.item;
    this.source = of.source;
    this.values = of.values;
  }
}

/** A field of the response. */
export class FieldShape {
  /** The response key. */
  readonly key: string;
  /** Whether a read must look closer: the field is refused, or plain objects inherit something under its key (`constructor`, `__proto__`). */
  readonly guarded: boolean;
  /** Whether it is null whatever the data hold. */
  readonly refused: boolean;
  /** `Type.field`, for messages. */
  readonly coordinate: string;
  readonly type: TypeShape;
  /** The text before the value with the brace or comma; of a constant the value too. */
  readonly opening: JsonFragment;
  readonly constant: string | undefined;
  readonly introspection: IntrospectionAnswer | undefined;

  constructor(
    key: string,
    coordinate: string,
    type: TypeShape,
    isFirst: boolean,
    of: { constant?: string; introspection?: IntrospectionAnswer; refused?: boolean } = {},
  ) {
    this.key = key;
    this.refused = of.refused ?? false;
    this.guarded = this.refused || key in Object.prototype;
    this.coordinate = coordinate;
    this.type = type;
    this.constant = of.constant;
    this.introspection = of.introspection;
    const value = of.constant === undefined ? '' : `"${of.constant}"`;
    this.opening = new JsonFragment(`${isFirst ? '{' : ','}"${key}":${value}`);
  }
}

/** The fields that an object of one runtime type has in the response, in their order there. */
export class ObjectShape {
  readonly fields: readonly FieldShape[];

  constructor(fields: readonly FieldShape[]) {
    this.fields = fields;
  }
}

/** What an object of the merged tree has for a field: own properties only, undefined when there is none. */
export const readField = (data: Readonly<Record<string, unknown>>, field: FieldShape): unknown =>
  field.guarded && (field.refused || !Object.hasOwn(data, field.key)) ? undefined : data[field.key];

/** Whether a value of the merged tree is an object, not a list. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
