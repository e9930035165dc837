/**
 * A made-up federation, as it is meant: which types there are, which subgraph resolves which field, and where something
 * goes wrong. The SDL of the subgraphs, their resolvers and the one schema that knows the truth are all made from it.
 */
export interface Model {
  readonly seed: number;
  readonly subgraphs: readonly string[];
  readonly enums: ReadonlyMap<string, EnumModel>;
  readonly inputs: ReadonlyMap<string, InputModel>;
  readonly objects: ReadonlyMap<string, ObjectModel>;
  readonly interfaces: ReadonlyMap<string, InterfaceModel>;
  readonly unions: ReadonlyMap<string, UnionModel>;
  readonly pools: ReadonlyMap<string, Pool>;
}

export interface EnumModel {
  readonly values: readonly string[];
  /** A value that subgraphs give and clients do not know. */
  readonly inaccessible: string | undefined;
}

export interface InputModel {
  readonly fields: readonly ArgumentModel[];
}

export interface ArgumentModel {
  readonly name: string;
  readonly type: string;
  /** As in SDL. */
  readonly defaultValue?: string;
}

/** The entities that exist of one type, or of the types of one interface with a key. */
export interface Pool {
  readonly name: string;
  /** The entity at a place has the type at that place, counted round. */
  readonly types: readonly string[];
  readonly size: number;
}

export interface ObjectModel {
  readonly name: string;
  readonly kind: 'root' | 'entity' | 'value';
  readonly fields: Map<string, FieldModel>;
  readonly keys: KeyModel[];
  /** Subgraphs that resolve fields of it; others may name it as a reference. */
  readonly homes: Set<string>;
  readonly pool: string | undefined;
  readonly isInaccessible: boolean;
  /** Nothing about it fails as a whole, so that others may require or provide what it has. */
  readonly isCalm: boolean;
  /** Places in the pool whose key is null. */
  readonly withoutKey: Set<number>;
  /** By subgraph, places in the pool that this subgraph does not know. */
  readonly unknownIn: Map<string, Set<number>>;
  /** By subgraph, places in the pool at which resolving a reference throws. */
  readonly brokenIn: Map<string, Set<number>>;
}

export interface KeyModel {
  readonly fields: string;
  readonly subgraphs: ReadonlySet<string>;
}

export interface FieldModel {
  readonly name: string;
  /** Under which name its values are made: the same wherever the field is resolved. */
  readonly home: string;
  /** In the supergraph. */
  readonly type: string;
  /** By subgraph, a type that promises more. */
  readonly stricter: Map<string, string>;
  readonly args: readonly ArgumentModel[];
  /** Subgraphs that resolve it. */
  readonly owners: Set<string>;
  readonly isKey: boolean;
  readonly isFaulty: boolean;
  readonly isInaccessible: boolean;
  /** What the one owner needs of other subgraphs. */
  requires: string | undefined;
  /** By subgraph, what it gives of the entity behind this field though another owns that. */
  readonly provides: Map<string, string>;
  readonly externalIn: Set<string>;
  /** Another subgraph than its owners gives it behind some field of its own. */
  isProvided: boolean;
  /** The subgraph that had it before its owner took it over. */
  overridden: string | undefined;
}

export interface InterfaceModel {
  readonly name: string;
  readonly isEntity: boolean;
  readonly fields: readonly string[];
  /** By subgraph, the types there that implement it. */
  readonly members: Map<string, readonly string[]>;
  /** For an interface with a key: where it is an interface. Elsewhere it is an `@interfaceObject`. */
  readonly home: string | undefined;
  /** Fields that other subgraphs add to every implementation. */
  readonly added: Map<string, FieldModel>;
}

export interface UnionModel {
  readonly name: string;
  /** By subgraph. */
  readonly members: Map<string, readonly string[]>;
}

/** Whether a type may not be null, by its text in SDL. */
export const isRequired = (type: string): boolean => type.endsWith('!');

/** The name inside lists and non-null marks. */
export const namedIn = (type: string): string => type.replaceAll(/[[\]!]/g, '');

/** The field of an object type, or one that an `@interfaceObject` adds to it. */
export function fieldOf(model: Model, typeName: string, fieldName: string): FieldModel {
  const own = model.objects.get(typeName)?.fields.get(fieldName);
  if (own) return own;
  for (const { name, added, home } of model.interfaces.values()) {
    if (home === undefined) continue;
    const belongs = name === typeName || model.pools.get(name)!.types.includes(typeName);
    const field = belongs ? added.get(fieldName) : undefined;
    if (field) return field;
    if (belongs && name === typeName) return fieldOf(model, model.pools.get(name)!.types[0]!, fieldName);
  }
  throw new Error(`There is no field ${typeName}.${fieldName}.`);
}
