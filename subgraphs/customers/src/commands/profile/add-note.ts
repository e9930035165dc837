import type { Database } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { countNotes, insertNote } from '../../data/profile/details.ts';
import { MAX_NOTE_LENGTH, MOST_NOTES, type Note } from '../../domain/profile/note.ts';
import { readText } from '../read-input.ts';
import { refusalOf, valueOf } from '../refuse-fault.ts';
import { changeProfile } from './changed-profile.ts';

export type NoteOutcome =
  | { readonly __typename: 'CustomerNoteAdded'; readonly note: Note }
  | ReturnType<typeof invalidInput>
  | ReturnType<typeof notFound>;

const NO_CUSTOMER = notFound('There is no such customer.', ['input', 'customerId']);
const TOO_MANY = invalidInput('TOO_MANY_NOTES', `There are at most ${MOST_NOTES} notes about a person.`, [
  'input',
  'body',
]);

/** Writes a note about a person. The profile itself stays as it is: nothing of a note is told anywhere. @param author the caller's subject. */
export async function addNote(
  db: Database,
  input: { readonly customerId: string; readonly body: string },
  author: string,
): Promise<NoteOutcome> {
  const body = readText(input.body, 'body', MAX_NOTE_LENGTH);
  const refusal = refusalOf(body);
  if (refusal) return refusal;
  if (!isId(input.customerId)) return NO_CUSTOMER;
  const result = await changeProfile(db, input.customerId, async (tx, { id }) => {
    if ((await countNotes(tx, id)) >= MOST_NOTES) return { outcome: null, changed: false };
    return { outcome: await insertNote(tx, id, { body: valueOf(body), author }), changed: false };
  });
  if (!result) return NO_CUSTOMER;
  return result.outcome ? { __typename: 'CustomerNoteAdded', note: result.outcome } : TOO_MANY;
}
