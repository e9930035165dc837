/**
 * What `npm run codegen` generates: resolver types for every subgraph and BFF from their hand-written SDL, and typed
 * documents for what they send to other services. Folders and files that a service does not have are passed over.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { apiSchemaOf } from './router/src/composition/api-schema.ts';
import type { CodegenConfig } from '@graphql-codegen/cli';
import { type DocumentNode, type FragmentDefinitionNode, Kind, print, printSchema, visit } from 'graphql';

type Outputs = CodegenConfig['generates'];

/** Types that all subgraphs have: scalars, money, user errors, page info. */
const COMMON = 'packages/kit/schema/common.graphql';
/** The same for the channels, without federation. */
const CHANNEL = 'packages/kit/schema/channel.graphql';
const SUPERGRAPH = 'schema/supergraph.graphql';

/** The TypeScript side of the graph's scalars; instants travel as ISO 8601 text. */
const scalars = {
  ID: 'string',
  SafeInt: 'number',
  DateTime: 'string',
  CurrencyCode: 'string',
  CountryCode: 'string',
  Cursor: 'string',
  JSON: 'unknown',
};

const shared = {
  scalars,
  useTypeImports: true,
  // Node runs the sources by type stripping, which knows no enums and resolves no extensions.
  importExtension: '.ts',
  emitLegacyCommonJSImports: false,
  // Callers may pass undefined for an argument that they do not set.
  inputMaybeValue: 'T | null | undefined',
} as const;

/**
 * The mapper types of a service: each `export type ProductMapper` in `src/mappers.ts` becomes what the resolvers of the
 * GraphQL type `Product` get as their parent.
 */
function mappersOf(service: string): Record<string, string> {
  const file = join(service, 'src/mappers.ts');
  if (!existsSync(file)) return {};
  const names = readFileSync(file, 'utf8').matchAll(/^export (?:type|interface) (\w+)Mapper\b/gm);
  return Object.fromEntries(Array.from(names, ([, type]) => [String(type), `../mappers.ts#${String(type)}Mapper`]));
}

/** An SDL file with the types that the kit completes it by. */
const completed = (file: string) =>
  [file.startsWith('bffs/') ? CHANNEL : COMMON, file].filter((path) => existsSync(path));

/** Resolver types of one SDL file of a service, or nothing when there is no such file. */
function resolverTypes(service: string, sdl: string, target: string, federation: boolean): Outputs {
  const file = join(service, sdl);
  if (!existsSync(file)) return {};
  // Mappers of types that this SDL does not have are reported as unused, which is no fault: two SDLs share the file.
  const used = readFileSync(file, 'utf8');
  const mappers = Object.entries(mappersOf(service)).filter(([type]) =>
    new RegExp(`\\b(?:type|interface) ${type}\\b`).test(used),
  );
  return {
    [join(service, 'src/generated', target)]: {
      schema: completed(file),
      plugins: ['banner', 'typescript', 'typescript-resolvers'],
      config: {
        ...shared,
        federation,
        contextType: '../context.ts#Context',
        mappers: Object.fromEntries(mappers),
        enumsAsTypes: true,
        // Resolvers may leave a nullable field undefined.
        maybeValue: 'T | null | undefined',
        // A union's members are told apart by `__typename`, so that no `__resolveType` has to be written.
        resolversNonOptionalTypename: { unionMember: true, interfaceImplementingType: true },
        // Resolvers stay plain functions, which tests can call.
        makeResolverTypeCallable: true,
      },
    },
  };
}

/** Typed documents of the folder `documents`, checked against `schema`, or nothing when either is missing. */
function typedDocuments(service: string, documents: string, schema: string | string[], target: string): Outputs {
  const folder = join(service, documents);
  if (schema.length === 0 || globSync(`${folder}/*.graphql`).length === 0) return {};
  return {
    [join(service, 'src/generated', target)]: {
      schema,
      documents: `${folder}/*.graphql`,
      plugins: ['banner', 'typescript-operations', 'query-text'],
      config: { ...shared, enumType: 'string-literal', skipTypename: true, dedupeOperationSuffix: true },
    },
  };
}

/** Typed documents for the internal APIs: one folder per service asked, `<folder>/<service>/*.graphql`. */
function internalDocuments(service: string, folder: string): Outputs {
  const targets = globSync(`${join(service, folder)}/*/*.graphql`).map((path) => basename(join(path, '..')));
  return Object.assign(
    {},
    ...[...new Set(targets)].sort().map((target) => {
      const sdl = `subgraphs/${target}/internal.graphql`;
      const schema = existsSync(sdl) ? completed(sdl) : [];
      return typedDocuments(service, join(folder, target), schema, `upstream-${target}.ts`);
    }),
  ) as Outputs;
}

/** The graph as clients of the router see it: the supergraph without its federation directives; '' before it exists. */
function publicGraph(): string {
  if (!existsSync(SUPERGRAPH)) return '';
  return printSchema(apiSchemaOf(readFileSync(SUPERGRAPH, 'utf8')));
}

/** Names of the fragments that a definition spreads, also through other fragments. */
function fragmentsOf(
  node: Parameters<typeof visit>[0],
  all: Map<string, FragmentDefinitionNode>,
  found = new Set<string>(),
) {
  visit(node, {
    FragmentSpread({ name }) {
      const fragment = all.get(name.value);
      if (!fragment || found.has(name.value)) return;
      found.add(name.value);
      fragmentsOf(fragment, all, found);
    },
  });
  return found;
}

/**
 * A codegen plugin that exports each operation as its text with the fragments it needs. The value is a plain string,
 * typed with the answer and the variables: the stock document classes are neither plain strings nor as small.
 */
const queryText = {
  plugin: (_schema: unknown, files: { document?: DocumentNode }[]) => {
    const definitions = files.flatMap(({ document }) => document?.definitions ?? []);
    const fragments = new Map(
      definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [])),
    );
    const documents = definitions.flatMap((node) => {
      if (node.kind !== Kind.OPERATION_DEFINITION || !node.name) return [];
      const spread = [...fragmentsOf(node, fragments)].sort().flatMap((name) => fragments.get(name) ?? []);
      const text = [node, ...spread].map((definition) => print(definition)).join('\n\n');
      const name = node.name.value.charAt(0).toUpperCase() + node.name.value.slice(1);
      const kind = node.operation.charAt(0).toUpperCase() + node.operation.slice(1);
      const types = name.endsWith(kind) ? name : `${name}${kind}`;
      return [{ name, types, text }];
    });
    return [
      '/** The text of a document, typed with its answer and its variables. */',
      'export type TypedDocument<Result, Variables> = string & { readonly __apiType?: (variables: Variables) => Result };',
      ...documents.map(
        ({ name, types, text }) =>
          `\nexport const ${name}Document = ${asTemplate(text)} as TypedDocument<${types}, ${types}Variables>;`,
      ),
    ].join('\n');
  },
};

/** A template literal whose value is the text: readable in the generated file, unlike a quoted line. */
const asTemplate = (text: string) => `\`${text.replaceAll(/[\\`]|\$\{/g, '\\$&')}\``;

const graph = publicGraph();

const generates: Outputs = Object.assign(
  {},
  ...globSync('subgraphs/*')
    .sort()
    .flatMap((subgraph) => [
      resolverTypes(subgraph, 'schema.graphql', 'schema.ts', true),
      resolverTypes(subgraph, 'internal.graphql', 'internal.ts', false),
      internalDocuments(subgraph, 'upstream'),
    ]),
  ...globSync('bffs/*')
    .sort()
    .flatMap((bff) => [
      resolverTypes(bff, 'schema.graphql', 'schema.ts', false),
      typedDocuments(bff, 'upstream', graph, 'upstream.ts'),
      internalDocuments(bff, 'upstream/internal'),
    ]),
) as Outputs;

const banner = {
  plugin: () => ({ prepend: ['// Generated by `npm run codegen` from the SDL; edit that instead.'], content: '' }),
};

/** Plugins that stand here, by the names that the outputs use; all others are packages. */
const ownPlugins: Record<string, unknown> = { banner, 'query-text': queryText };

const config: CodegenConfig = {
  generates,
  // A mistake in one service is printed and does not keep the others from their files; the gate is `npm run fresh`.
  allowPartialOutputs: true,
  pluginLoader: ((name: string) => ownPlugins[basename(name)] ?? import(name)) as NonNullable<
    CodegenConfig['pluginLoader']
  >,
};

export default config;
