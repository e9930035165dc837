import type { TeamQuery } from '../generated/upstream.ts';

const NOBODY = {
  edges: [],
  pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
};

/** The people of a company; null for staff, and for somebody whose membership has just ended. */
export function teamOf({ me }: TeamQuery) {
  if (!me?.company) return null;
  const { members, invitations } = me.company;
  return { members: members ?? NOBODY, invitations: invitations?.edges.map(({ node }) => node) };
}
