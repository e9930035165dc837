import { setImmediate } from 'node:timers/promises';
import {
  GraphQLSchema,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  specifiedDirectives,
  type DefinitionNode,
  type GraphQLNamedType,
  type GraphQLObjectType,
} from 'graphql';
// `buildASTSchema` is this and the construction in one go, which takes 75 ms for 500 types: too long to answer nobody.
import { extendSchemaImpl } from 'graphql/utilities/extendSchema.js';

/** As much text as is parsed, and as many fields as are built, before others have their turn: some milliseconds. */
const SLICE_CHARACTERS = 16_384;
const SLICE_TYPES = 50;

/**
 * Builds the schema of an SDL that is known to be valid, with pauses, so that requests are answered meanwhile.
 * @param definitionStarts where each definition begins, ascending.
 */
export async function buildApiSchema(sdl: string, definitionStarts: readonly number[]): Promise<GraphQLSchema> {
  const definitions: DefinitionNode[] = [];
  for (const slice of slices(sdl, definitionStarts)) {
    definitions.push(...parse(slice, { noLocation: true }).definitions);
    await setImmediate();
  }
  const config = extendSchemaImpl(
    {
      description: undefined,
      types: [],
      directives: [],
      extensions: {},
      extensionASTNodes: [],
      assumeValid: false,
    },
    { kind: Kind.DOCUMENT, definitions },
    { assumeValidSDL: true },
  );
  for (const [position, type] of config.types.entries()) {
    resolveFields(type);
    if (position % SLICE_TYPES === SLICE_TYPES - 1) await setImmediate();
  }
  const declared = new Set(config.directives.map(({ name }) => name));
  const schema = new GraphQLSchema({
    ...config,
    ...(config.astNode ? {} : conventionalRoots(config.types)),
    directives: [...config.directives, ...specifiedDirectives.filter(({ name }) => !declared.has(name))],
    // The planner thread has validated it; otherwise the first request would do so again.
    assumeValid: true,
  });
  await setImmediate();
  return schema;
}

function* slices(sdl: string, starts: readonly number[]): Generator<string> {
  let from = 0;
  for (const start of starts)
    if (start - from >= SLICE_CHARACTERS) {
      yield sdl.slice(from, start);
      from = start;
    }
  if (from < sdl.length) yield sdl.slice(from);
}

/** Types resolve what they refer to when they are asked first. */
function resolveFields(type: GraphQLNamedType): void {
  if (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)) type.getFields();
}

/** Without a schema definition the root types are known by their names (GraphQL 3.3.1). */
function conventionalRoots(types: readonly GraphQLNamedType[]) {
  const named = (name: string) =>
    types.find((type): type is GraphQLObjectType => type.name === name && isObjectType(type)) ?? null;
  return { query: named('Query'), mutation: named('Mutation'), subscription: named('Subscription') };
}
