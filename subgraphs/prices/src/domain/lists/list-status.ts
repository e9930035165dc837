import type { PriceList } from './price-list.ts';

/** How far a list is: drafts price nothing, archived lists priced something once. Dates are a matter of their own. */
export type PriceListStatus = 'DRAFT' | 'SCHEDULED' | 'ACTIVE' | 'ARCHIVED';

/** The status of a list at a moment. */
export function listStatus({ activity }: Pick<PriceList, 'activity'>, now: Date): PriceListStatus {
  if (activity === null) return 'DRAFT';
  if (activity.until !== null && activity.until.getTime() <= now.getTime()) return 'ARCHIVED';
  return activity.from !== null && activity.from.getTime() > now.getTime() ? 'SCHEDULED' : 'ACTIVE';
}
