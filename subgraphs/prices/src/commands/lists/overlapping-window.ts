import type { Tx } from '@kontor/kit/src/database.ts';
import { invalidInput } from '@kontor/kit/src/errors.ts';
import { findOverlapping, type Window } from '../../data/lists/write-lists.ts';

/**
 * The refusal of a list while another is in force at the same time for the same buyers, channel and currency; null when there is none. Certain under
 * the lock of list changes; the table's constraint stands behind it.
 * @param path the input field at fault.
 */
export async function overlappingWindow(
  tx: Tx,
  list: Window,
  path: string[],
): Promise<ReturnType<typeof invalidInput> | null> {
  if (!list.activity) return null;
  const other = await findOverlapping(tx, list);
  if (other === null) return null;
  return invalidInput(
    'OVERLAPPING_WINDOW',
    `The list ${other} is in force at the same time for the same buyers, channel and currency. Archive it, or change the dates of one of them.`,
    path,
  );
}
