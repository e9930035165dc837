import { errorCauses } from '@apollo/federation-internals';
import { GraphQLError } from 'graphql';
import { SupergraphError } from './supergraph-error.ts';

const NO_SUPERGRAPH = /must be a core schema|must use the join spec/;

/** Why a supergraph was refused, in one line. Whatever reading it throws is a fault of the text. */
export function describeRefusal(error: unknown): SupergraphError {
  const [first, ...others] = flatten(error);
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  return new SupergraphError(`${lineOf(first)}${more}`, { cause: error });
}

/** Errors of the federation library hold the errors that matter. */
function flatten(error: unknown): unknown[] {
  const causes = error instanceof Error ? errorCauses(error) : undefined;
  return causes && causes.length > 0 ? causes : [error];
}

function lineOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof GraphQLError && message.startsWith('Syntax Error: ')) {
    const [place] = error.locations ?? [];
    const where = place ? ` (line ${place.line}, column ${place.column})` : '';
    return `The supergraph is not GraphQL: ${oneLine(message.slice('Syntax Error: '.length))}${where}`;
  }
  if (NO_SUPERGRAPH.test(message))
    return 'This is not a supergraph: its schema has no @link to the join specification (https://specs.apollo.dev/join). Compose the subgraphs first.';
  const unsupported = /^feature (\S+) is for: (\w+) but is unsupported/.exec(message);
  if (unsupported)
    return `The supergraph needs a feature that this router does not support: ${unsupported[1]} (for: ${unsupported[2]}).`;
  return `The supergraph cannot be served: ${oneLine(message)}`;
}

const LONGEST = 500;
const oneLine = (text: string) => {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
};
