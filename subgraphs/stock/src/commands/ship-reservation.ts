import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { shipUnits, type Shipped } from '../data/reservation-changes.ts';
import { toUnitLines, type UnitLine } from '../domain/reservation-lines.ts';
import { isKey } from '../domain/texts.ts';
import { actorOf, attempted, commandKey, faultOfKey, isFault, type RefusedChange } from './refused-change.ts';

/** What leaves the building. */
export interface ShipInput {
  readonly key: string;
  readonly shipmentKey: string;
  readonly lines: readonly UnitLine[];
}

/**
 * Books committed units out, all of the lines or none, once per shipment key. Units that the order had lost but that were found and shipped
 * are booked all the same: what the books do not have is adjusted, with an exception for somebody to look at.
 */
export async function shipReservation(
  db: Database,
  caller: Caller,
  input: ShipInput,
): Promise<Shipped | RefusedChange> {
  const { key, shipmentKey } = input;
  const wrongKey = faultOfKey(shipmentKey, 'shipmentKey');
  if (wrongKey) return wrongKey;
  const lines = toUnitLines(input.lines, isId);
  if (isFault(lines)) return { kind: 'invalid', fault: lines };
  if (!isKey(key)) return { kind: 'missing' };
  return attempted(() => shipUnits(db, key, commandKey(shipmentKey, key, lines), { lines, actor: actorOf(caller) }));
}
