import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { bookUnitsSold, type Sold } from '../data/reservation-changes.ts';
import { toSaleLines, type SaleLine } from '../domain/reservation-lines.ts';
import { isKey } from '../domain/texts.ts';
import { actorOf, attempted, commandKey, faultOfKey, invalid, isFault, type RefusedChange } from './refused-change.ts';

/** A sale that has happened at a till. */
export interface SaleInput {
  readonly key: string;
  readonly channel: string;
  readonly locationId: string;
  readonly lines: readonly SaleLine[];
  /** ISO 8601. */
  readonly soldAt: string;
}

/** Before this no till of ours sold anything; and PostgreSQL does not know a year 0. */
const EARLIEST = '1970';

/**
 * Books a sale that has happened, once per key. Never refused for what is on hand, for the goods are gone: takes what is available, then
 * what was kept back, then what was promised to others, the newest first, who hear of it; what is still missing is adjusted, with an
 * exception for somebody to look at. Bundles are booked as their components.
 */
export async function bookSale(db: Database, caller: Caller, input: SaleInput): Promise<Sold | RefusedChange> {
  const { key, channel, soldAt } = input;
  const wrongKey = faultOfKey(key, 'key');
  if (wrongKey) return wrongKey;
  if (!isKey(channel)) return invalid('channel is not a code.', 'channel');
  if (!(soldAt >= EARLIEST) || Number.isNaN(Date.parse(soldAt)))
    return invalid('soldAt must be an instant from 1970 on.', 'soldAt');
  const lines = toSaleLines(input.lines, isId);
  if (isFault(lines)) return { kind: 'invalid', fault: lines };
  if (!isId(input.locationId)) return { kind: 'unknownLocation' };
  const locationId = input.locationId.toLowerCase();
  return attempted(() =>
    bookUnitsSold(db, commandKey(key, channel, locationId, lines, soldAt), {
      channel,
      locationId,
      lines,
      soldAt,
      actor: actorOf(caller),
    }),
  );
}
