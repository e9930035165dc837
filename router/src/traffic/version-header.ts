import { requestFault } from '@kontor/kit/src/errors.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';

/** The header by which testers choose versions, such as `stock=next, prices=stable`. */
export const VERSION_HEADER = 'x-kontor-version';
/** The scope that it needs of a caller for whom no service of ours vouches. */
export const VERSION_SCOPE = 'versions:choose';

const MAX_LENGTH = 512;
const CHOICE = /^([A-Za-z_][\w-]{0,63})=([a-z][a-z0-9-]{0,31})$/;

/**
 * Reads the versions that a tester chose, for `Call.versions`. To be called where callers are verified.
 * @param value of the header `x-kontor-version`.
 * @returns by subgraph, without a prototype; undefined when nothing is chosen.
 * @throws GraphQLError FORBIDDEN when the caller may not choose, BAD_REQUEST when the header cannot be read.
 */
export function versionsOf(
  value: string | readonly string[] | undefined,
  { caller, issuer }: Pick<Call, 'caller' | 'issuer'>,
): Readonly<Record<string, string>> | undefined {
  if (value === undefined || value === '') return undefined;
  if (issuer === undefined && !caller.scopes.includes(VERSION_SCOPE))
    throw requestFault('FORBIDDEN', `The header ${VERSION_HEADER} needs the scope ${VERSION_SCOPE}.`, {
      scope: VERSION_SCOPE,
    });
  if (typeof value !== 'string' || value.length > MAX_LENGTH) throw unreadable();
  const versions = Object.create(null) as Record<string, string>;
  for (const part of value.split(',')) {
    const [, subgraph, version] = CHOICE.exec(part.trim()) ?? [];
    if (subgraph === undefined || version === undefined || subgraph in versions) throw unreadable();
    versions[subgraph] = version;
  }
  return versions;
}

const unreadable = () =>
  requestFault(
    'BAD_REQUEST',
    `The header ${VERSION_HEADER} must name each subgraph once, as in "stock=next, prices=stable".`,
  );
