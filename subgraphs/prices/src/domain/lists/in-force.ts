import type { PriceList, Span } from './price-list.ts';

/** Whether a span holds a moment: from inclusive, until exclusive. */
export const holds = ({ from, until }: Span, moment: Date): boolean =>
  (from === null || from.getTime() <= moment.getTime()) && (until === null || until.getTime() > moment.getTime());

/** Whether a list counts at a moment: it is active, and where it has dates, they hold it. */
export const isInForce = ({ activity, validity }: PriceList, moment: Date): boolean =>
  activity !== null && holds(activity, moment) && (validity === null || holds(validity, moment));
