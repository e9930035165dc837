import { Kind, parse, type ConstDirectiveNode } from 'graphql';

/** A subgraph as a supergraph names it. */
export interface SubgraphAddress {
  readonly name: string;
  /** Where it answers when nothing else is configured; may be empty. */
  readonly url: string;
}

/**
 * The subgraphs of a supergraph (join specification: the values of `join__Graph`), read without looking at the rest of it.
 * @throws GraphQLError when the text is not GraphQL.
 */
export function subgraphsOf(supergraphSdl: string): SubgraphAddress[] {
  const { definitions } = parse(supergraphSdl, { noLocation: true });
  const graphs = definitions.find(
    (definition) => definition.kind === Kind.ENUM_TYPE_DEFINITION && definition.name.value === 'join__Graph',
  );
  const values = graphs?.kind === Kind.ENUM_TYPE_DEFINITION ? (graphs.values ?? []) : [];
  return values.flatMap(({ directives = [] }) =>
    directives
      .filter((directive) => directive.name.value === 'join__graph')
      .map((directive) => ({ name: argument(directive, 'name'), url: argument(directive, 'url') })),
  );
}

function argument(directive: ConstDirectiveNode, name: string): string {
  const value = directive.arguments?.find((each) => each.name.value === name)?.value;
  return value?.kind === Kind.STRING ? value.value : '';
}
