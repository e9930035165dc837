import { parse, print } from 'graphql';
import { contractMembers } from './contract-members.ts';
import { hideOthers } from './hide-others.ts';
import { readTags } from './read-tags.ts';

/** Which part of a graph a contract shows, by the names in `@tag`. */
export interface ContractFilter {
  /** What is shown: fields with one of these tags, or of a type with one. */
  readonly include: readonly string[];
  /** What is not shown all the same. */
  readonly exclude: readonly string[];
}

/**
 * Makes a contract: the supergraph with `@inaccessible` on everything that is not shown. Planning still sees the whole of it, so that hidden
 * keys join subgraphs; clients see what `apiSchemaOf` leaves of it.
 *
 * A field is shown when it or its type is tagged; root fields, objects and interfaces so by choice alone. What a shown field needs besides
 * comes along: arguments, scalars, enums, inputs, unions. Everything that no shown root field leads to is hidden.
 * @returns null when no field of the query root is shown.
 * @throws Error naming, one a line, the shown fields that need something that is not shown.
 */
export function buildContract(supergraphSdl: string, filter: ContractFilter): string | null {
  const document = parse(supergraphSdl, { noLocation: true });
  const tags = readTags(document);
  const { members, problems } = contractMembers(document, tags, filter);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  if (members.size === 0) return null;
  return `${print(hideOthers(document, members))}\n`;
}
