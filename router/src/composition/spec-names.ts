import { Kind, type ConstDirectiveNode, type ConstValueNode, type DocumentNode } from 'graphql';

/** A specification that a schema uses, by its `@link`. */
export interface LinkedSpec {
  /** The address without the version, such as `https://specs.apollo.dev/tag`. */
  readonly identity: string;
  /** Such as `v0.3`; empty when the address has none. */
  readonly version: string;
  /** Prefix of the names that were not imported, without the two underscores. */
  readonly namespace: string;
  /** Imported names (`@tag`, `FieldSet`), each with what it is called in the schema. */
  readonly imports: ReadonlyMap<string, string>;
}

/** Reads the `@link`s of a schema (link specification 1.0) in the order of the text. */
export function linkedSpecs(document: DocumentNode): LinkedSpec[] {
  const found: LinkedSpec[] = [];
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.SCHEMA_DEFINITION && definition.kind !== Kind.SCHEMA_EXTENSION) continue;
    for (const directive of definition.directives ?? []) {
      const spec = directive.name.value === 'link' ? readLink(directive) : undefined;
      if (spec) found.push(spec);
    }
  }
  return found;
}

/**
 * What a directive of a specification is called in a schema, without the `@`: a directive that bears the name of its specification
 * takes the name of the link; every other one is prefixed unless it was imported.
 * @returns undefined when the schema does not link the specification.
 */
export function directiveName(specs: readonly LinkedSpec[], identity: string, directive: string): string | undefined {
  const spec = specs.find((each) => each.identity === identity);
  if (!spec) return undefined;
  const imported = spec.imports.get(`@${directive}`);
  if (imported !== undefined) return imported.slice(1);
  return identity.endsWith(`/${directive}`) ? spec.namespace : `${spec.namespace}__${directive}`;
}

/** Whether a type or directive belongs to a linked specification and not to the graph: `join__Graph`, `link__Purpose`. */
export function isSpecName(specs: readonly LinkedSpec[], name: string): boolean {
  return specs.some(
    ({ namespace, imports }) => name.startsWith(`${namespace}__`) || [...imports.values()].includes(name),
  );
}

function readLink(link: ConstDirectiveNode): LinkedSpec | undefined {
  const given = (name: string) => link.arguments?.find((argument) => argument.name.value === name)?.value;
  const [url, as, imports] = [given('url'), given('as'), given('import')];
  if (url?.kind !== Kind.STRING) return undefined;
  const [, identity, name, version] = /^(.*?([^/]+?))(?:\/(v\d+\.\d+))?\/?$/.exec(url.value) ?? [];
  if (identity === undefined || name === undefined) return undefined;
  return {
    identity,
    version: version ?? '',
    namespace: as?.kind === Kind.STRING ? as.value : name,
    imports: new Map(imports?.kind === Kind.LIST ? imports.values.flatMap(readImport) : []),
  };
}

/** An import is a name, or an object that renames it. */
function readImport(value: ConstValueNode): [string, string][] {
  if (value.kind === Kind.STRING) return [[value.value, value.value]];
  if (value.kind !== Kind.OBJECT) return [];
  const text = (name: string) => value.fields.find((field) => field.name.value === name)?.value;
  const [name, as] = [text('name'), text('as')];
  if (name?.kind !== Kind.STRING) return [];
  return [[name.value, as?.kind === Kind.STRING ? as.value : name.value]];
}
