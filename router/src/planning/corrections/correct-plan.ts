import type { QueryPlan } from '@apollo/query-planner';
import type { DocumentNode } from 'graphql';
import { mapFetches } from './map-fetches.ts';
import { nameInterfaceObjects, readInterfaceObjects, type InterfaceObjects } from './name-interface-objects.ts';
import { orderKeys } from './order-keys.ts';
import { prepareOperation, type ReservedNames } from './prepare-operation.ts';
import { separateRequiredFields, type RequiredFields } from './required-fields.ts';
import { readReservedNames } from './reserved-names.ts';
import { restoreRequiredFields } from './restore-required-fields.ts';

/** A plan, and what `restoreResponseKeys` must undo after it was executed. Made of JSON. */
export interface CorrectedPlan extends QueryPlan {
  /** The client's response keys by those in the plan, where they differ. */
  readonly responseKeys?: Readonly<Record<string, string>>;
  /** Names of fields by the response keys under which the plan fetches them for itself: errors may name these. */
  readonly hiddenKeys?: Readonly<Record<string, string>>;
}

/** What corrects the planner for one supergraph. */
export interface Corrections {
  /** The supergraph that the planner must be built with; the same document when it plans well with that. */
  readonly supergraph: DocumentNode;
  readonly fields: RequiredFields;
  readonly interfaceObjects: InterfaceObjects | null;
  readonly reserved: ReservedNames;
}

/** Prepares for what the planner is known to plan wrongly over a supergraph. */
export function createCorrections(supergraph: DocumentNode): Corrections {
  const fields = separateRequiredFields(orderKeys(supergraph));
  const responseKeys = new Set([...readReservedNames(supergraph), ...fields.names.keys()]);
  return {
    supergraph: fields.supergraph,
    fields,
    interfaceObjects: readInterfaceObjects(fields.supergraph),
    reserved: { responseKeys },
  };
}

/**
 * Plans an operation with the corrections around the planner. The planner must be built with `corrections.supergraph`;
 * clients see the API schema of the supergraph as it was.
 *
 * @param build plans a document, which is valid for the API schema.
 * @returns the planner's own plan when nothing was to be corrected.
 * @throws GraphQLError when the document uses reserved names; what `build` throws.
 */
export function planCorrectly(
  document: DocumentNode,
  corrections: Corrections,
  build: (document: DocumentNode) => QueryPlan,
): CorrectedPlan {
  const { document: prepared, responseKeys } = prepareOperation(document, corrections.reserved);
  const plan = correctPlan(build(prepared), corrections);
  return responseKeys ? { ...plan, responseKeys } : plan;
}

/** Corrects a plan that the planner made over `corrections.supergraph`; answers the same plan when it is right. */
export function correctPlan(plan: QueryPlan, { fields, interfaceObjects }: Corrections): CorrectedPlan {
  const named = interfaceObjects ? mapFetches(plan, (fetch) => [nameInterfaceObjects(fetch, interfaceObjects)]) : plan;
  if (fields.names.size === 0) return named;
  const restored = mapFetches(named, (fetch) => restoreRequiredFields(fetch, fields));
  return restored === named ? named : { ...restored, hiddenKeys: Object.fromEntries(fields.names) };
}
