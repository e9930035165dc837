import {
  Kind,
  parse,
  valueFromASTUntyped,
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
} from 'graphql';
import type { Costs, FieldCosts, ListSize, TypeCosts } from './costs.ts';
import { requiredCosts } from './required-costs.ts';

/** https://specs.apollo.dev/cost, of any version: a later one that means something else would have another first number. */
const COST_SPEC = /^https:\/\/specs\.apollo\.dev\/cost\/v0\.\d+\/?$/;
const SPEC_NAME = 'cost';

interface Names {
  readonly cost: string;
  readonly listSize: string;
}

/**
 * Reads the cost directives of a supergraph, under whatever names its `@link` gives them. A supergraph that links none has no costs of its
 * own: everything counts by default. What is malformed counts as if it were absent, as composition lets nothing such pass.
 */
export function readCosts(supergraphSdl: string): Costs {
  const document = parse(supergraphSdl, { noLocation: true });
  const names = linkedNames(document);
  const types = new Map<string, TypeCosts>();
  for (const definition of document.definitions) {
    if (!('name' in definition) || !definition.name) continue;
    const before = types.get(definition.name.value);
    const fields = new Map(before?.fields);
    switch (definition.kind) {
      case Kind.OBJECT_TYPE_DEFINITION:
      case Kind.OBJECT_TYPE_EXTENSION:
      case Kind.INTERFACE_TYPE_DEFINITION:
      case Kind.INTERFACE_TYPE_EXTENSION:
      case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      case Kind.INPUT_OBJECT_TYPE_EXTENSION:
        for (const field of definition.fields ?? []) addField(fields, field, names);
        break;
      case Kind.SCALAR_TYPE_DEFINITION:
      case Kind.SCALAR_TYPE_EXTENSION:
      case Kind.ENUM_TYPE_DEFINITION:
      case Kind.ENUM_TYPE_EXTENSION:
        break;
      default:
        continue;
    }
    const weight = weightOf(definition.directives, names) ?? before?.weight;
    if (weight !== undefined || fields.size > 0)
      types.set(definition.name.value, { fields, ...(weight === undefined ? {} : { weight }) });
  }
  return requiredCosts(document, { types });
}

function addField(
  fields: Map<string, FieldCosts>,
  field: FieldDefinitionNode | InputValueDefinitionNode,
  names: Names,
): void {
  const weight = weightOf(field.directives, names);
  const listSize = listSizeOf(field.directives, names);
  const weights = new Map<string, number>();
  for (const argument of field.kind === Kind.FIELD_DEFINITION ? (field.arguments ?? []) : []) {
    const own = weightOf(argument.directives, names);
    if (own !== undefined) weights.set(argument.name.value, own);
  }
  if (weight === undefined && !listSize && weights.size === 0) return;
  fields.set(field.name.value, {
    arguments: weights,
    ...(weight === undefined ? {} : { weight }),
    ...(listSize ? { listSize } : {}),
  });
}

/** The names of the two directives here (https://specs.apollo.dev/link/v1.0, "Naming"): imported, renamed, or behind the link's prefix. */
function linkedNames(document: DocumentNode): Names {
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.SCHEMA_DEFINITION && definition.kind !== Kind.SCHEMA_EXTENSION) continue;
    for (const directive of definition.directives ?? []) {
      const link = argumentsOf(directive);
      if (typeof link['url'] !== 'string' || !COST_SPEC.test(link['url'])) continue;
      const prefix = typeof link['as'] === 'string' ? link['as'] : SPEC_NAME;
      const imports = new Map((Array.isArray(link['import']) ? link['import'] : []).map(asImport));
      return {
        // The directive that is named like its specification goes by the name of the link itself.
        cost: imports.get('@cost') ?? prefix,
        listSize: imports.get('@listSize') ?? `${prefix}__listSize`,
      };
    }
  }
  // No GraphQL name is empty: nothing is found under these.
  return { cost: '', listSize: '' };
}

/** @returns a name of the specification and the one that is used here, the latter without its `@`. */
function asImport(entry: unknown): [string, string] {
  if (typeof entry === 'string') return [entry, entry.replace(/^@/, '')];
  const { name, as } = (entry ?? {}) as { name?: unknown; as?: unknown };
  if (typeof name !== 'string') return ['', ''];
  return [name, (typeof as === 'string' ? as : name).replace(/^@/, '')];
}

function weightOf(directives: readonly ConstDirectiveNode[] | undefined, { cost }: Names): number | undefined {
  const directive = directives?.find(({ name }) => name.value === cost);
  // Federation has whole numbers; IBM's specification and the first release of federation 2.9 have text.
  return directive ? asNumber(argumentsOf(directive)['weight']) : undefined;
}

function listSizeOf(directives: readonly ConstDirectiveNode[] | undefined, names: Names): ListSize | undefined {
  const directive = directives?.find(({ name }) => name.value === names.listSize);
  if (!directive) return undefined;
  const given = argumentsOf(directive);
  const assumedSize = asNumber(given['assumedSize']);
  return {
    slicingArguments: texts(given['slicingArguments']),
    sizedFields: new Set(texts(given['sizedFields'])),
    requireOneSlicingArgument: given['requireOneSlicingArgument'] !== false,
    ...(assumedSize === undefined ? {} : { assumedSize: Math.max(0, assumedSize) }),
  };
}

function argumentsOf(directive: ConstDirectiveNode): Record<string, unknown> {
  const values = Object.create(null) as Record<string, unknown>;
  for (const { name, value } of directive.arguments ?? []) values[name.value] = valueFromASTUntyped(value);
  return values;
}

function asNumber(value: unknown): number | undefined {
  if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
