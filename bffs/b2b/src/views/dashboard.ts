import type { DashboardQuery } from '../generated/upstream.ts';

/** The first page of a member; null for staff, and for somebody whose membership has just ended. */
export function dashboardOf({ me }: DashboardQuery) {
  if (!me?.company || !me.role) return null;
  const { company, role, location, loyalty } = me;
  return {
    company,
    role,
    location,
    credit: location?.credit,
    loyalty,
    approvalRules: company.approvalRules?.edges.map(({ node }) => node) ?? [],
  };
}
