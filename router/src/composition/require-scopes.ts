import {
  Kind,
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
} from 'graphql';
import { directiveName, linkedSpecs } from './spec-names.ts';

/** Field coordinate → the scope that it needs. */
export type ScopeTable = Readonly<Record<string, string>>;

const FEDERATION = 'https://specs.apollo.dev/federation';
const DIRECTIVE = 'requiresScopes';

/**
 * Writes a table of scopes into the SDL of a subgraph as `@requiresScopes`, so that the supergraph carries it and a router needs nothing
 * else. Coordinates that the subgraph does not define are passed over.
 * @returns a sentence instead when it cannot be done: the subgraph links no federation that knows the directive (2.5 or later), or
 * requires scopes of its own for a field of the table.
 */
export function requireScopes(document: DocumentNode, scopes: ScopeTable): DocumentNode | string {
  const concerned = document.definitions.filter(
    (definition) => isObject(definition) && definition.fields?.some((field) => scopeOf(definition, field, scopes)),
  );
  if (concerned.length === 0) return document;
  const specs = linkedSpecs(document);
  const federation = specs.find(({ identity }) => identity === FEDERATION);
  if (!federation || !knowsScopes(federation.version))
    return 'A field of the policy table needs @requiresScopes: link federation v2.5 or later.';

  const imported = federation.imports.has(`@${DIRECTIVE}`);
  const name = imported ? directiveName(specs, FEDERATION, DIRECTIVE)! : DIRECTIVE;
  const external = directiveName(specs, FEDERATION, 'external');
  const has = (node: { readonly directives?: readonly ConstDirectiveNode[] | undefined }, directive?: string) =>
    node.directives?.some((each) => each.name.value === directive) ?? false;
  const twice: string[] = [];
  const withScopes = (type: ObjectNode): ObjectNode => {
    const fields = (type.fields ?? []).map((field): FieldDefinitionNode => {
      const scope = scopeOf(type, field, scopes);
      // Its owner declares it.
      if (scope === undefined || has(type, external) || has(field, external)) return field;
      if (has(field, name)) twice.push(`${type.name.value}.${field.name.value}`);
      return { ...field, directives: [...(field.directives ?? []), requires(name, scope)] };
    });
    return { ...type, fields };
  };
  const definitions = document.definitions.map((definition): DefinitionNode => {
    if (isObject(definition)) return concerned.includes(definition) ? withScopes(definition) : definition;
    if (imported || (definition.kind !== Kind.SCHEMA_EXTENSION && definition.kind !== Kind.SCHEMA_DEFINITION))
      return definition;
    return { ...definition, directives: (definition.directives ?? []).map(importScopes) };
  });
  if (twice.length > 0)
    return `"${twice[0]}" requires scopes in the SDL and in the policy table: leave it to the table.`;
  return { ...document, definitions };
}

type ObjectNode = ObjectTypeDefinitionNode | ObjectTypeExtensionNode;

const isObject = (definition: DefinitionNode): definition is ObjectNode =>
  definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.OBJECT_TYPE_EXTENSION;

function scopeOf(type: ObjectNode, field: FieldDefinitionNode, scopes: ScopeTable): string | undefined {
  const coordinate = `${type.name.value}.${field.name.value}`;
  return Object.hasOwn(scopes, coordinate) ? scopes[coordinate] : undefined;
}

function knowsScopes(version: string): boolean {
  const [, major, minor] = /^v(\d+)\.(\d+)$/.exec(version) ?? [];
  return Number(major) === 2 && Number(minor) >= 5;
}

const requires = (name: string, scope: string): ConstDirectiveNode => ({
  kind: Kind.DIRECTIVE,
  name: { kind: Kind.NAME, value: name },
  arguments: [
    {
      kind: Kind.ARGUMENT,
      name: { kind: Kind.NAME, value: 'scopes' },
      value: {
        kind: Kind.LIST,
        values: [{ kind: Kind.LIST, values: [{ kind: Kind.STRING, value: scope }] }],
      },
    },
  ],
});

/** Adds the directive to what the link of federation imports. */
function importScopes(link: ConstDirectiveNode): ConstDirectiveNode {
  const given = link.arguments ?? [];
  const isFederation = given.some(
    ({ name, value }) => name.value === 'url' && value.kind === Kind.STRING && value.value.startsWith(`${FEDERATION}/`),
  );
  if (link.name.value !== 'link' || !isFederation) return link;
  const before = given.find(({ name }) => name.value === 'import')?.value;
  const names = before?.kind === Kind.LIST ? before.values : [];
  return {
    ...link,
    arguments: [
      ...given.filter(({ name }) => name.value !== 'import'),
      {
        kind: Kind.ARGUMENT,
        name: { kind: Kind.NAME, value: 'import' },
        value: { kind: Kind.LIST, values: [...names, { kind: Kind.STRING, value: `@${DIRECTIVE}` }] },
      },
    ],
  };
}
