import {
  buildASTSchema,
  Kind,
  parse,
  print,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type GraphQLSchema,
  type InputValueDefinitionNode,
} from 'graphql';
import type { Generation } from '../planning/generation.ts';
import type { ContractFilter } from './build-contract.ts';
import { contractMembers } from './contract-members.ts';
import { readTags } from './read-tags.ts';

/** A graph as the clients of a contract see it. */
export interface ContractView {
  readonly schema: GraphQLSchema;
  readonly sdl: string;
}

/**
 * Makes the views of contracts on a generation: its API without what a contract does not show. They are planned on the generation itself,
 * which sees the whole of it, so that hidden keys join subgraphs. A contract of which the generation shows nothing is left out.
 * @returns a function that throws Error naming, one a line, the shown fields that need something that is not shown.
 */
export const contractViews =
  (contracts: Readonly<Record<string, ContractFilter>>) =>
  ({ supergraphSdl, apiSdl }: Pick<Generation, 'supergraphSdl' | 'apiSdl'>): Readonly<Record<string, ContractView>> => {
    const supergraph = parse(supergraphSdl, { noLocation: true });
    const api = parse(apiSdl, { noLocation: true });
    const tags = readTags(supergraph);
    const views: Record<string, ContractView> = {};
    for (const [name, filter] of Object.entries(contracts)) {
      const { members, problems } = contractMembers(supergraph, tags, filter);
      if (problems.length > 0) throw new Error(problems.join('\n'));
      if (members.size === 0) continue;
      const document = showMembers(api, members);
      views[name] = { schema: buildASTSchema(document, { assumeValidSDL: true }), sdl: `${print(document)}\n` };
    }
    return views;
  };

/** The definitions of an API that a contract shows. */
function showMembers(api: DocumentNode, members: ReadonlySet<string>): DocumentNode {
  return { ...api, definitions: api.definitions.flatMap((definition) => show(definition, members)) };
}

function show(definition: DefinitionNode, members: ReadonlySet<string>): DefinitionNode | [] {
  if (definition.kind === Kind.DIRECTIVE_DEFINITION) return definition;
  if (definition.kind === Kind.SCHEMA_DEFINITION)
    return {
      ...definition,
      operationTypes: definition.operationTypes.filter(({ type }) => members.has(type.name.value)),
    };
  if (!('name' in definition) || !definition.name || !members.has(definition.name.value)) return [];
  const name = definition.name.value;
  const isMember = (part: { readonly name: { readonly value: string } }) => members.has(`${name}.${part.name.value}`);
  switch (definition.kind) {
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_DEFINITION:
      return {
        ...definition,
        interfaces: (definition.interfaces ?? []).filter((each) => members.has(each.name.value)),
        fields: (definition.fields ?? []).filter(isMember).map((field) => withShownArguments(name, field, members)),
      };
    case Kind.UNION_TYPE_DEFINITION:
      return { ...definition, types: (definition.types ?? []).filter((each) => members.has(each.name.value)) };
    case Kind.ENUM_TYPE_DEFINITION:
      return { ...definition, values: (definition.values ?? []).filter(isMember) };
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      return { ...definition, fields: (definition.fields ?? []).filter(isMember) };
    default:
      return definition;
  }
}

function withShownArguments(
  type: string,
  field: FieldDefinitionNode,
  members: ReadonlySet<string>,
): FieldDefinitionNode {
  const around = `${type}.${field.name.value}`;
  const shown = ({ name }: InputValueDefinitionNode) => members.has(`${around}.${name.value}`);
  return { ...field, arguments: (field.arguments ?? []).filter(shown) };
}
