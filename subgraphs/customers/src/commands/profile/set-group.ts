import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound, versionConflict } from '@kontor/kit/src/errors.ts';
import { insertGroup, lockGroup, renameGroup, type GroupRow } from '../../data/profile/groups.ts';
import { isCode } from '../../domain/profile/segment-rule.ts';
import { readText } from '../read-input.ts';
import { refusalOf, valueOf } from '../refuse-fault.ts';

export const MAX_GROUP_NAME = 100;

export type GroupOutcome =
  | { readonly __typename: 'CustomerGroupSaved'; readonly group: GroupRow }
  | ReturnType<typeof invalidInput>
  | ReturnType<typeof notFound>
  | ReturnType<typeof versionConflict>;

export const INVALID_CODE = invalidInput(
  'INVALID_CODE',
  'A code has 1 to 40 letters in lower case, digits, hyphens and underscores.',
  ['input', 'code'],
);
export const CODE_TAKEN = (what: string) =>
  invalidInput('CODE_TAKEN', `The code is that of a ${what}.`, ['input', 'code']);

/** Makes a group, or renames it where it is still at the version that was read. */
export async function setGroup(
  db: Database,
  input: { readonly code: string; readonly name: string; readonly expectedVersion?: number | null | undefined },
): Promise<GroupOutcome> {
  const { code, expectedVersion = null } = input;
  if (!isCode(code)) return INVALID_CODE;
  const name = readText(input.name, 'name', MAX_GROUP_NAME);
  const refusal = refusalOf(name);
  if (refusal) return refusal;
  return inTransaction(db, async (tx): Promise<GroupOutcome> => {
    const made = expectedVersion === null ? await insertGroup(tx, code, valueOf(name)) : null;
    if (made) return { __typename: 'CustomerGroupSaved', group: made };
    const known = await lockGroup(tx, code);
    if (!known) return notFound('There is no such group.', ['input', 'code']);
    if (known.kind !== 'GROUP') return CODE_TAKEN('segment');
    if (known.version !== expectedVersion) return versionConflict('The group', known.version);
    return { __typename: 'CustomerGroupSaved', group: await renameGroup(tx, code, valueOf(name)) };
  });
}
