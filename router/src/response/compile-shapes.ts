import {
  getNullableType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLEnumType,
  type GraphQLInterfaceType,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type SelectionSetNode,
} from 'graphql';
import { collectFields, type Selecting } from './collect-fields.ts';
import { IntrospectionAnswer, type IntrospectionContext } from './introspection-answer.ts';
import { JsonFragment } from './json-fragment.ts';
import { AbstractPosition, ObjectPosition } from './positions.ts';
import { FieldShape, KIND, ObjectShape, TypeShape, type Kind, type ShapeSource } from './shape.ts';

const TYPENAME = '__typename';

const SCALAR_KINDS: Readonly<Record<string, Kind>> = {
  String: KIND.string,
  Int: KIND.int,
  Float: KIND.float,
  Boolean: KIND.boolean,
  ID: KIND.id,
};

const CONSTANT = new TypeShape(KIND.constant, false, 'String');
const REFUSED_TYPENAME = new TypeShape(KIND.string, false, 'String');
const UNKNOWN_TYPENAME = new TypeShape(KIND.unknownTypename, false, 'String');

/** What the shapes of one operation are made from. */
export interface ShapeContext extends Selecting, IntrospectionContext {
  /** Fields that the caller may not see. */
  readonly refusedFields: ReadonlySet<FieldNode>;
}

/**
 * Makes the shapes of one operation under one set of conditions, each when data need it first. Two positions of the same type
 * with the same selection sets share what was made of them, so that nested fragments on many types do not multiply.
 */
export class ShapeCompiler {
  readonly context: ShapeContext;
  readonly #positions = new Map<string, ShapeSource>();
  readonly #selectionSetIds = new Map<SelectionSetNode, number>();
  readonly #enums = new Map<GraphQLEnumType, ReadonlyMap<unknown, JsonFragment>>();
  #shapes = 0;

  constructor(context: ShapeContext) {
    this.context = context;
  }

  /** How many object shapes were made: what its memory grows with. */
  get size(): number {
    return this.#shapes;
  }

  /** The shape of objects of a runtime type (or of an interface, when no more is known of them) under merged selection sets. */
  compile(type: GraphQLObjectType | GraphQLInterfaceType, selectionSets: readonly SelectionSetNode[]): ObjectShape {
    this.#shapes++;
    const fields: FieldShape[] = [];
    for (const [key, nodes] of collectFields(this.context, type, selectionSets)) {
      const field = this.#field(type, key, nodes, fields.length === 0);
      if (field) fields.push(field);
    }
    return new ObjectShape(fields);
  }

  #field(
    type: GraphQLObjectType | GraphQLInterfaceType,
    key: string,
    selected: readonly FieldNode[],
    isFirst: boolean,
  ): FieldShape | undefined {
    const name = selected[0]!.name.value;
    const coordinate = `${type.name}.${name}`;
    // What is selected only where the caller may not see it was never asked: the rest stands for the field, if there is a rest.
    const nodes = selected.filter((node) => !this.context.refusedFields.has(node));
    const refused = nodes.length === 0;
    if (name === TYPENAME && refused) return new FieldShape(key, coordinate, REFUSED_TYPENAME, isFirst, { refused });
    if (name === TYPENAME)
      return isObjectType(type)
        ? new FieldShape(key, coordinate, CONSTANT, isFirst, { constant: type.name })
        : new FieldShape(key, coordinate, UNKNOWN_TYPENAME, isFirst);
    if ((name === '__schema' || name === '__type') && type === this.context.schema.getQueryType()) {
      const introspection = new IntrospectionAnswer(this.context, nodes);
      const answered = new TypeShape(KIND.introspection, name === '__type', name === '__type' ? '__Type' : '__Schema');
      return new FieldShape(key, coordinate, answered, isFirst, { introspection });
    }
    const definition = type.getFields()[name];
    // A document that was validated names no field that is not there.
    if (!definition) return undefined;
    const selectionSets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    return new FieldShape(key, coordinate, this.#type(definition.type, selectionSets), isFirst, { refused });
  }

  #type(type: GraphQLOutputType, selectionSets: readonly SelectionSetNode[]): TypeShape {
    const nullable = !isNonNullType(type);
    const inner = getNullableType(type);
    if (isListType(inner)) {
      const item = this.#type(inner.ofType, selectionSets);
      return new TypeShape(KIND.list, nullable, item.name, { item });
    }
    if (isLeafType(inner))
      return new TypeShape(kindOfLeaf(inner), nullable, inner.name, { values: this.#valuesOf(inner) });
    return new TypeShape(KIND.composite, nullable, inner.name, { source: this.#position(inner, selectionSets) });
  }

  #position(type: GraphQLCompositeType, selectionSets: readonly SelectionSetNode[]): ShapeSource {
    const key = [type.name, ...selectionSets.map((selectionSet) => this.#idOf(selectionSet))].join();
    let position = this.#positions.get(key);
    if (!position) {
      position = isObjectType(type)
        ? new ObjectPosition(this, type, selectionSets)
        : new AbstractPosition(this, type, selectionSets);
      this.#positions.set(key, position);
    }
    return position;
  }

  #idOf(selectionSet: SelectionSetNode): number {
    let id = this.#selectionSetIds.get(selectionSet);
    if (id === undefined) this.#selectionSetIds.set(selectionSet, (id = this.#selectionSetIds.size));
    return id;
  }

  #valuesOf(type: GraphQLLeafType): ReadonlyMap<unknown, JsonFragment> | undefined {
    if (!isEnumType(type)) return undefined;
    let values = this.#enums.get(type);
    if (!values) {
      values = new Map(type.getValues().map(({ name }) => [name, new JsonFragment(`"${name}"`)]));
      this.#enums.set(type, values);
    }
    return values;
  }
}

function kindOfLeaf(type: GraphQLLeafType): Kind {
  if (isEnumType(type)) return KIND.enumeration;
  return isSpecifiedScalarType(type) ? SCALAR_KINDS[type.name]! : KIND.custom;
}
