import type {
  ArgumentModel,
  EnumModel,
  FieldModel,
  InputModel,
  InterfaceModel,
  Model,
  ObjectModel,
  Pool,
  UnionModel,
} from './model.ts';
import type { Random } from './random.ts';

/** A model that is being made. */
export interface Draft extends Model {
  readonly random: Random;
  readonly enums: Map<string, EnumModel>;
  readonly inputs: Map<string, InputModel>;
  readonly objects: Map<string, ObjectModel>;
  readonly interfaces: Map<string, InterfaceModel>;
  readonly unions: Map<string, UnionModel>;
  readonly pools: Map<string, Pool>;
}

export interface FieldWish {
  readonly type: string;
  readonly owners: Iterable<string>;
  readonly args?: readonly ArgumentModel[];
  readonly isKey?: boolean;
  readonly isFaulty?: boolean;
  readonly isInaccessible?: boolean;
}

/** Adds a field to a type, or to an interface that an `@interfaceObject` adds to. */
export function addField(
  to: { readonly name: string; readonly fields: Map<string, FieldModel> },
  name: string,
  { type, owners, args = [], isKey = false, isFaulty = false, isInaccessible = false }: FieldWish,
): FieldModel {
  const field: FieldModel = {
    name,
    home: `${to.name}.${name}`,
    type,
    stricter: new Map(),
    args,
    owners: new Set(owners),
    isKey,
    isFaulty,
    isInaccessible,
    requires: undefined,
    provides: new Map(),
    externalIn: new Set(),
    isProvided: false,
    overridden: undefined,
  };
  to.fields.set(name, field);
  return field;
}

export function addObject(draft: Draft, name: string, wish: Partial<ObjectModel> = {}): ObjectModel {
  const object: ObjectModel = {
    name,
    kind: 'value',
    fields: new Map(),
    keys: [],
    homes: new Set(),
    pool: undefined,
    isInaccessible: false,
    isCalm: true,
    withoutKey: new Set(),
    unknownIn: new Map(),
    brokenIn: new Map(),
    ...wish,
  };
  draft.objects.set(name, object);
  return object;
}

const LEAVES = ['String', 'Int', 'Float', 'Boolean', 'ID', 'Blob'] as const;

/** The name of a scalar or an enum. */
export const leafName = ({ random, enums }: Draft): string =>
  random.chance(0.25) ? random.pick([...enums.keys()]) : random.pick(LEAVES);

/** A type around a name: nullable or not, lists, lists of lists. */
export function wrapped({ random }: Draft, name: string, { mayRequire = true } = {}): string {
  const kinds = mayRequire
    ? ['T', 'T', 'T', 'T!', 'T!', '[T]', '[T!]', '[T!]!', '[T]!', '[[T]]', '[[T!]!]']
    : ['T', 'T', 'T', '[T]', '[[T]]'];
  return random.pick(kinds).replace('T', name);
}

/** Arguments of a field, mostly none. */
export function someArguments(draft: Draft): ArgumentModel[] {
  const { random, enums, inputs } = draft;
  if (random.chance(0.65)) return [];
  const color = random.pick([...enums.keys()]);
  const input = random.pick([...inputs.keys()]);
  const choice: ArgumentModel[] = [
    { name: 'size', type: 'Int', defaultValue: '2' },
    { name: 'unit', type: 'String!' },
    { name: 'color', type: color, defaultValue: draft.enums.get(color)!.values[0]! },
    { name: 'filter', type: input },
    { name: 'filters', type: `[${input}!]` },
    { name: 'ids', type: '[ID!]', defaultValue: '["a", "b"]' },
    { name: 'rows', type: '[[Int]!]' },
    { name: 'blob', type: 'Blob' },
    { name: 'ratio', type: 'Float!', defaultValue: '1.5' },
  ];
  return random.some(choice, random.between(1, 2));
}
