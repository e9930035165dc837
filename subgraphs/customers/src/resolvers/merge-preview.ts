import { chooseValues } from '../domain/merging/choose-values.ts';
import { conflictsOf, noticesOf } from '../domain/merging/judge-merge.ts';
import { MERGE_PARTS } from '../domain/merging/merge-side.ts';
import type { DuplicateCustomersResolvers, MergePreviewResolvers } from '../generated/schema.ts';
import { asSeenBy, seesProfile } from './visibility.ts';

const NAMES: readonly string[] = ['givenName', 'familyName'];

export const MergePreview: MergePreviewResolvers = {
  survivor: async ({ survivor }, _, { loaders, caller }) =>
    asSeenBy(caller, (await loaders.customers.load(survivor.id))!),
  absorbed: async ({ absorbed }, _, { loaders, caller }) =>
    asSeenBy(caller, (await loaders.customers.load(absorbed.id))!),
  moves: ({ absorbed: { counts } }) =>
    MERGE_PARTS.flatMap((part) => (counts[part] > 0 ? [{ part, count: counts[part] }] : [])),
  // Who may merge may not read everything: what is not shown of the profiles is not shown here.
  values: ({ survivor, absorbed }, _, { caller }) =>
    chooseValues(survivor, absorbed).filter(({ field }) => NAMES.includes(field) || seesProfile(caller, survivor.id)),
  conflicts: ({ survivor, absorbed }) => conflictsOf(survivor, absorbed),
  notices: ({ survivor, absorbed }) => noticesOf(survivor, absorbed),
};

export const DuplicateCustomers: DuplicateCustomersResolvers = {
  customer: async ({ customerId }, _, { loaders, caller }) =>
    asSeenBy(caller, (await loaders.customers.load(customerId))!),
  other: async ({ otherId }, _, { loaders, caller }) => asSeenBy(caller, (await loaders.customers.load(otherId))!),
  inCommon: ({ samePhone, sameAddress }) => [
    ...(samePhone ? (['PHONE'] as const) : []),
    ...(sameAddress ? (['ADDRESS'] as const) : []),
  ],
};
