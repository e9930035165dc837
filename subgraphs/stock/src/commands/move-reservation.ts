import type { Database } from '@kontor/kit/src/database.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { moveUnits, type Moved } from '../data/reservation-changes.ts';
import { isDemandFault, toPlans, type DemandInput } from '../domain/demand.ts';
import { isKey } from '../domain/texts.ts';
import { attempted, type RefusedChange } from './refused-change.ts';

/**
 * Moves a held or committed reservation: its units that are not shipped are given back, those that were lost are asked for again, and the
 * first of the ranked plans that holds is taken; or all stays as it is. A held one keeps its deadline. Repeating decides again over the
 * same plans and books nothing where nothing has changed.
 */
export async function moveReservation(
  db: Database,
  input: Pick<DemandInput, 'key' | 'plans'>,
): Promise<Moved | RefusedChange> {
  const checked = toPlans(input.plans, isId);
  if (isDemandFault(checked)) return { kind: 'invalid', fault: checked };
  if (!isKey(input.key)) return { kind: 'missing' };
  return attempted(() => moveUnits(db, input.key, checked.plans));
}
