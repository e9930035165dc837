import {
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';
import type { Costs, FieldCosts, ListSize } from './costs.ts';

const COMPOSITE = 1;
const LEAF = 0;

/** What one field costs as the costs of a supergraph have it, whoever selects it. */
export interface FieldDemand {
  /** Of one item, without what is selected of it. */
  readonly weight: number;
  /** Of one selection of the field, whatever it answers. */
  readonly required: number;
  readonly listSizes: readonly ListSize[];
  readonly weightOfArgument: (name: string) => number | undefined;
}

/**
 * Looks up a field. `@cost` cannot stand on a field of an interface (IBM's specification, 5.1): there the dearest of the fields counts
 * that can answer, so that nobody asks cheaper by asking through an interface.
 */
export function fieldDemand(
  costs: Costs,
  schema: GraphQLSchema,
  parent: GraphQLObjectType | GraphQLInterfaceType,
  field: string,
  type: GraphQLOutputType,
): FieldDemand {
  const of = (name: string): FieldCosts | undefined => costs.types.get(name)?.fields.get(field);
  const own = of(parent.name);
  const answering = isInterfaceType(parent) ? schema.getPossibleTypes(parent).map(({ name }) => of(name)) : [];
  const all = own ? [own, ...answering] : answering;
  const ofType = weightOfType(costs, schema, type);
  const weights = own?.weight === undefined ? all.map((each) => each?.weight ?? ofType) : [own.weight];
  const listSizes = (own?.listSize ? [own] : all).flatMap((each) => (each?.listSize ? [each.listSize] : []));
  return {
    weight: weights.length > 0 ? Math.max(...weights) : ofType,
    required: Math.max(0, ...all.map((each) => each?.required ?? 0)),
    listSizes,
    weightOfArgument(name) {
      const given = all.flatMap((each) => each?.arguments.get(name) ?? []);
      return given.length > 0 ? Math.max(...given) : undefined;
    },
  };
}

/** The weight of what a field answers: that of its type, of a union or an interface the largest of the types that it can be. */
function weightOfType(costs: Costs, schema: GraphQLSchema, type: GraphQLOutputType): number {
  const named = getNamedType(type);
  const own = costs.types.get(named.name)?.weight;
  if (isAbstractType(named)) {
    const possible = schema.getPossibleTypes(named).map(({ name }) => costs.types.get(name)?.weight ?? COMPOSITE);
    return possible.length > 0 ? Math.max(...possible) : COMPOSITE;
  }
  return own ?? (isObjectType(named) ? COMPOSITE : LEAF);
}
