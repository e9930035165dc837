import type {
  CustomerIdentityResolvers,
  CustomerPreferenceResolvers,
  CustomerSegmentResolvers,
  CustomerStatisticsResolvers,
  SegmentConditionResolvers,
} from '../generated/schema.ts';

export const CustomerIdentity: CustomerIdentityResolvers = {
  source: ({ source }) => source || null,
};

export const CustomerPreference: CustomerPreferenceResolvers = {
  text: ({ value }) => (typeof value === 'string' ? value : null),
  number: ({ value }) => (typeof value === 'number' ? value : null),
  isOn: ({ value }) => (typeof value === 'boolean' ? value : null),
};

export const CustomerStatistics: CustomerStatisticsResolvers = {
  spent: ({ spentMinor, currency }) => ({ minorUnits: spentMinor, currency }),
};

export const CustomerSegment: CustomerSegmentResolvers = {
  match: ({ rule }) => rule.match,
  conditions: ({ rule }) => [...rule.conditions],
};

export const SegmentCondition: SegmentConditionResolvers = {
  totalSpent: (condition) => (condition.kind === 'TOTAL_SPENT' ? condition : null),
  orderCount: (condition) => (condition.kind === 'ORDER_COUNT' ? condition : null),
  orderedWithinDays: (condition) => (condition.kind === 'ORDERED_WITHIN' ? condition.days : null),
  notOrderedForDays: (condition) => (condition.kind === 'NOT_ORDERED_FOR' ? condition.days : null),
  boughtInChannel: (condition) => (condition.kind === 'BOUGHT_IN' ? condition.channel : null),
  inGroup: (condition) => (condition.kind === 'IN_GROUP' ? condition.group : null),
  country: (condition) => (condition.kind === 'COUNTRY' ? condition.country : null),
  consent: (condition) => (condition.kind === 'CONSENTED' ? condition : null),
};
