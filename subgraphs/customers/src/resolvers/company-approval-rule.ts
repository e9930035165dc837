import { pageSize } from '@kontor/kit/src/connection.ts';
import { listRuleVersions } from '../data/companies/approval-rules.ts';
import type { ApprovalRuleResolvers } from '../generated/schema.ts';

const VERSIONS = 10;
const MAX_VERSIONS = 50;

export const ApprovalRule: ApprovalRuleResolvers = {
  totalAtLeast: ({ definition }) => definition.totalAtLeast,
  categories: ({ definition }) => [...definition.categories],
  budget: ({ definition }) => definition.budget,
  tiers: ({ definition }) => definition.tiers.map((tier) => ({ ...tier, customerIds: [...tier.customerIds] })),
  versions: (rule, { first, before }, { db }) =>
    listRuleVersions(db.orm, rule, { before: before ?? null, limit: pageSize(first, VERSIONS, MAX_VERSIONS) }),
};
