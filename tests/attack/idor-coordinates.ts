/** What there is to decide about in the public graphs of the subgraphs: everything that is named by an id or shows one. */
import {
  getNamedType,
  isInputObjectType,
  isObjectType,
  isScalarType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { buildGraph, readSdl } from '@kontor/kit/src/graph/sdl.ts';
import { SUBGRAPHS, type Subgraph } from '@kontor/stack/src/services.ts';

/** The public schema of each subgraph, without resolvers. */
export const SCHEMAS = Object.fromEntries(
  SUBGRAPHS.map((name) => [
    name,
    buildGraph(readSdl(new URL(`../../subgraphs/${name}/schema.graphql`, import.meta.url)), {}),
  ]),
) as Readonly<Record<Subgraph, GraphQLSchema>>;

const NAMES_SOMETHING = /^(?:id|ids|token|tokens)$|(?:Id|Ids|Token|Tokens)$/;

/** Whether an argument or a field of an input names something, or holds what does. */
function namesSomething(name: string, type: GraphQLInputType, seen: ReadonlySet<string> = new Set()): boolean {
  const named: GraphQLNamedType = getNamedType(type);
  if (NAMES_SOMETHING.test(name) || (isScalarType(named) && named.name === 'ID')) return true;
  if (!isInputObjectType(named) || seen.has(named.name)) return false;
  const within = new Set([...seen, named.name]);
  return Object.values(named.getFields()).some((field) => namesSomething(field.name, field.type, within));
}

const rootsOf = (schema: GraphQLSchema) =>
  [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].filter((type) => type != null);

const FEDERATION: ReadonlySet<string> = new Set(['_entities', '_service']);

export interface RootField {
  readonly subgraph: Subgraph;
  /** Such as `Query.customer`. */
  readonly coordinate: string;
  readonly field: GraphQLField<unknown, unknown>;
}

/** Every root field of the public graphs. */
export const ROOT_FIELDS: readonly RootField[] = SUBGRAPHS.flatMap((subgraph) =>
  rootsOf(SCHEMAS[subgraph]).flatMap((type) =>
    Object.values(type.getFields())
      .filter(({ name }) => !FEDERATION.has(name))
      .map((field) => ({ subgraph, coordinate: `${type.name}.${field.name}`, field })),
  ),
);

/** Root fields that take an id or a token. */
export const NAMING_FIELDS = ROOT_FIELDS.filter(({ field }) =>
  field.args.some(({ name, type }) => namesSomething(name, type)),
);

const isResolvable = (type: GraphQLObjectType): boolean =>
  [type.astNode, ...type.extensionASTNodes].some((node) =>
    node?.directives?.some(
      ({ name, arguments: given }) =>
        name.value === 'key' &&
        !given?.some((each) => each.name.value === 'resolvable' && 'value' in each.value && each.value.value === false),
    ),
  );

const objectsOf = (schema: GraphQLSchema): GraphQLObjectType[] =>
  Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) && !type.name.startsWith('_')) as never;

/** Every entity that can be asked for by its key, as `customers:Company`. */
export const ENTITIES: readonly string[] = SUBGRAPHS.flatMap((subgraph) =>
  objectsOf(SCHEMAS[subgraph])
    .filter(isResolvable)
    .map(({ name }) => `${subgraph}:${name}`),
);

/** Every field of an object that shows another one with an id, as `customers:Customer.notes`. */
export const SHOWING_FIELDS: readonly string[] = SUBGRAPHS.flatMap((subgraph) => {
  const roots = new Set<unknown>(rootsOf(SCHEMAS[subgraph]));
  return objectsOf(SCHEMAS[subgraph])
    .filter((type) => !roots.has(type))
    .flatMap((type) =>
      Object.values(type.getFields()).flatMap((field) => {
        const shown = getNamedType(field.type);
        return isObjectType(shown) && 'id' in shown.getFields() ? [`${subgraph}:${type.name}.${field.name}`] : [];
      }),
    );
});
