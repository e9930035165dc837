import { OperationTypeNode, type GraphQLSchema } from 'graphql';
import type { FieldPolicy } from './field-policy.ts';

/**
 * Asserts that somebody decided about every root field of a graph. For our own supergraph, where no field is open by omission; a foreign
 * one may leave open what it likes.
 * @throws Error naming the first root field without a requirement.
 */
export function assertRootFieldsDecided(schema: GraphQLSchema, policy: FieldPolicy): void {
  for (const operation of Object.values(OperationTypeNode)) {
    const root = schema.getRootType(operation);
    for (const field of Object.keys(root?.getFields() ?? {})) {
      if (policy.requirementOf(root!.name, field).length > 0) continue;
      throw new Error(
        `${root!.name}.${field} has no entry in the policy table: decide who may call it (packages/kit/src/auth/policy.ts), then compose again (npm run schema).`,
      );
    }
  }
}
