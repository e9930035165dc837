import type { GraphQLFormattedError } from 'graphql';
import type { CompletionError } from '../response/compile-response.ts';

type Path = readonly (string | number)[];

/**
 * The completion errors that no other error explains. A null that the schema does not allow is told once (GraphQL 6.4.4: if all fields from
 * the root of the request to the source of the error return Non-Null types, one error is enough): where a subgraph has reported an error at
 * the place, above or below it, or without a place, or where the field was refused, that is the reason.
 */
export function explainNulls(
  completion: readonly CompletionError[],
  reported: readonly GraphQLFormattedError[],
  refused: readonly GraphQLFormattedError[],
): readonly CompletionError[] {
  if (completion.length === 0) return completion;
  if (reported.some(({ path }) => !path)) return [];
  return completion.filter(
    ({ path }) =>
      !reported.some((error) => related(error.path!, path)) &&
      !refused.some(({ extensions }) => sameFields(extensions?.['path'] as readonly string[], path)),
  );
}

/** Whether one of two places lies in the other. */
const related = (a: Path, b: Path): boolean => {
  const common = Math.min(a.length, b.length);
  for (let index = 0; index < common; index += 1) if (a[index] !== b[index]) return false;
  return true;
};

/** Whether a place is that of a field, whatever its positions in lists are. */
const sameFields = (fields: readonly string[], path: Path): boolean => {
  const keys = path.filter((step) => typeof step === 'string');
  return keys.length === fields.length && keys.every((key, index) => key === fields[index]);
};
