import {
  buildASTSchema,
  isInterfaceType,
  isObjectType,
  Kind,
  OperationTypeNode,
  parse,
  type ConstDirectiveNode,
  type DocumentNode,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import { createCostCompiler, DEFAULT_LENGTH } from './cost-compiler.ts';
import type { Costs, FieldCosts, TypeCosts } from './costs.ts';
import { evaluate } from './expression.ts';

const JOIN_FIELD = 'join__field';

/**
 * Adds to the costs of each field what it requires of other subgraphs for its object: whoever selects it has that fetched, too, seen or not.
 * A field that is selected beside what it requires pays for both, as in Apollo's router: the estimate is an upper one.
 */
export function requiredCosts(supergraph: DocumentNode, costs: Costs): Costs {
  const types = new Map<string, TypeCosts>(costs.types);
  let schema: GraphQLSchema | undefined;
  for (const definition of supergraph.definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    const name = definition.name.value;
    for (const field of definition.fields ?? []) {
      const selections = (field.directives ?? []).flatMap(requirementsOf);
      if (selections.length === 0) continue;
      // Clients do not see everything that subgraphs require of each other: the whole supergraph knows it.
      schema ??= buildASTSchema(supergraph, { assumeValid: true, assumeValidSDL: true });
      const type = schema.getType(name);
      if (!isObjectType(type) && !isInterfaceType(type)) continue;
      const compile = createCostCompiler({ costs, schema, fragments: new Map(), defaultLength: DEFAULT_LENGTH });
      const required = selections
        .map((selection) => evaluate(compile(selection, type), { variables: {}, remembered: [] }))
        .reduce((a, b) => a + b);
      const before = types.get(name);
      const known = before?.fields.get(field.name.value);
      const fields = new Map<string, FieldCosts>(before?.fields);
      fields.set(field.name.value, { arguments: new Map(), ...known, required });
      types.set(name, { ...before, fields });
    }
  }
  return { types };
}

function requirementsOf(directive: ConstDirectiveNode): SelectionSetNode[] {
  if (directive.name.value !== JOIN_FIELD) return [];
  const value = directive.arguments?.find(({ name }) => name.value === 'requires')?.value;
  if (value?.kind !== Kind.STRING) return [];
  const [definition] = parse(`{ ${value.value} }`, { noLocation: true }).definitions;
  return definition?.kind === Kind.OPERATION_DEFINITION && definition.operation === OperationTypeNode.QUERY
    ? [definition.selectionSet]
    : [];
}
