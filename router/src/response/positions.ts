import {
  isInterfaceType,
  isObjectType,
  Kind,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type SelectionSetNode,
} from 'graphql';
import type { Selecting } from './collect-fields.ts';
import type { ShapeCompiler } from './compile-shapes.ts';
import { describeValue } from './leaf-value.ts';
import type { ObjectShape, ShapeSource } from './shape.ts';

const TYPENAME = '__typename';

/** Where objects of one type stand, whatever the data call themselves. */
export class ObjectPosition implements ShapeSource {
  readonly #compiler: ShapeCompiler;
  readonly #type: GraphQLObjectType;
  readonly #selectionSets: readonly SelectionSetNode[];
  #shape: ObjectShape | undefined;

  constructor(compiler: ShapeCompiler, type: GraphQLObjectType, selectionSets: readonly SelectionSetNode[]) {
    this.#compiler = compiler;
    this.#type = type;
    this.#selectionSets = selectionSets;
  }

  shapeOf(): ObjectShape {
    return (this.#shape ??= this.#compiler.compile(this.#type, this.#selectionSets));
  }

  explain(): string {
    return `Expected value of type "${this.#type.name}".`;
  }
}

/** Where objects of several types stand, which their `__typename` tells apart (GraphQL 6.4.3, ResolveAbstractType). */
export class AbstractPosition implements ShapeSource {
  readonly #compiler: ShapeCompiler;
  readonly #type: Exclude<GraphQLCompositeType, GraphQLObjectType>;
  readonly #selectionSets: readonly SelectionSetNode[];
  readonly #typenameKeys: readonly string[];
  readonly #shapes = new Map<string, ObjectShape>();

  constructor(
    compiler: ShapeCompiler,
    type: Exclude<GraphQLCompositeType, GraphQLObjectType>,
    selectionSets: readonly SelectionSetNode[],
  ) {
    this.#compiler = compiler;
    this.#type = type;
    this.#selectionSets = selectionSets;
    this.#typenameKeys = typenameKeys(compiler.context, selectionSets);
  }

  shapeOf(data: Readonly<Record<string, unknown>>): ObjectShape | undefined {
    const name = this.#typenameOf(data);
    // Types that are not possible here are not remembered: a hostile subgraph can name any number of them.
    return typeof name === 'string' ? (this.#shapes.get(name) ?? this.#compile(name)) : undefined;
  }

  explain(data: Readonly<Record<string, unknown>>, coordinate: string): string {
    const { schema } = this.#compiler.context;
    const name = this.#typenameOf(data);
    const subject = `Abstract type "${this.#type.name}"`;
    if (typeof name !== 'string') {
      const found = name == null ? 'the data have no __typename' : `__typename is ${describeValue(name)}`;
      return `${subject} must resolve to an Object type at runtime for field "${coordinate}": ${found}.`;
    }
    const type = schema.getType(name);
    // An unknown name is not repeated: it may be that of an @inaccessible type.
    if (!type) return `${subject} was resolved to a type that does not exist inside the schema.`;
    return isObjectType(type)
      ? `Runtime Object type "${type.name}" is not a possible type for "${this.#type.name}".`
      : `${subject} was resolved to a non-object type "${type.name}".`;
  }

  #typenameOf(data: Readonly<Record<string, unknown>>): unknown {
    const keys = this.#typenameKeys;
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index]!;
      const name = Object.hasOwn(data, key) ? data[key] : undefined;
      if (name != null) return name;
    }
    const [only, other] = this.#compiler.context.schema.getPossibleTypes(this.#type);
    return other ? undefined : only?.name;
  }

  /**
   * An interface is no type that an object can have (GraphQL 6.4.3). A subgraph that gives an interface fields of its own, with
   * `@interfaceObject` of Federation, knows no other for its objects, and the planner leaves it at that when an operation asks for
   * nothing that differs between implementations.
   */
  #compile(name: string): ObjectShape | undefined {
    const { schema } = this.#compiler.context;
    const type = schema.getType(name);
    if (!isObjectType(type) && !isInterfaceType(type)) return undefined;
    if (type !== this.#type && !schema.isSubType(this.#type, type)) return undefined;
    const shape = this.#compiler.compile(type, this.#selectionSets);
    this.#shapes.set(name, shape);
    return shape;
  }
}

/** Under which keys data may say their type: `__typename` and its aliases, except a key that is also another field's. */
function typenameKeys(selecting: Selecting, selectionSets: readonly SelectionSetNode[]): string[] {
  const fieldsByKey = new Map<string, Set<string>>([[TYPENAME, new Set([TYPENAME])]]);
  const seen = new Set<SelectionSetNode>();
  const queue = [...selectionSets];
  // Fragments on any type count, and those that conditions leave out too: the list grows while it is walked.
  for (const selectionSet of queue) {
    if (seen.has(selectionSet)) continue;
    seen.add(selectionSet);
    for (const selection of selectionSet.selections) {
      if (selection.kind === Kind.FIELD) {
        const key = (selection.alias ?? selection.name).value;
        const names = fieldsByKey.get(key) ?? new Set<string>();
        fieldsByKey.set(key, names.add(selection.name.value));
      } else {
        const fragment =
          selection.kind === Kind.INLINE_FRAGMENT ? selection : selecting.fragments.get(selection.name.value);
        if (fragment) queue.push(fragment.selectionSet);
      }
    }
  }
  return [...fieldsByKey].flatMap(([key, names]) => (names.size === 1 && names.has(TYPENAME) ? key : []));
}
