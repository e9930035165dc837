import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { countGroups, lockGroup, membersAmong, writeMembers } from '../../data/profile/groups.ts';
import { lockCustomers } from '../../data/profile/locked-customers.ts';
import { staleTokensOf } from '../../data/signing/revocations.ts';
import { noteChanges } from './changed-profile.ts';

const MOST_MEMBERS = 1_000;
/** With the most segments, as many codes as a claim can hold. */
const MOST_GROUPS = 20;

export type MemberStatus = 'ADDED' | 'REMOVED' | 'UNCHANGED' | 'NOT_FOUND' | 'TOO_MANY_GROUPS';

export type MembersOutcome =
  | {
      readonly __typename: 'CustomerGroupMembersChanged';
      readonly results: { readonly customerId: string; readonly status: MemberStatus }[];
    }
  | ReturnType<typeof invalidInput>
  | ReturnType<typeof notFound>;

/** Who joins a group and who leaves it. */
export interface MembersInput {
  readonly group: string;
  readonly add?: readonly string[] | null | undefined;
  readonly remove?: readonly string[] | null | undefined;
}

/**
 * Puts people into a group and takes people out, in one transaction with their events, each for itself: who is not found or in too many
 * groups hinders nobody. Repeating changes nothing. Access tokens of who was added or removed are refused, so that their claims follow.
 * @returns one result for each id, those of `add` first, in their order.
 */
export async function setGroupMembers(db: Database, input: MembersInput): Promise<MembersOutcome> {
  const add = input.add ?? [];
  const remove = input.remove ?? [];
  const asked = [...add, ...remove];
  if (asked.length > MOST_MEMBERS)
    return invalidInput('TOO_MANY_MEMBERS', `At most ${MOST_MEMBERS} ids at a time.`, ['input', 'add']);
  if (new Set(asked.map((id) => id.toLowerCase())).size < asked.length)
    return invalidInput('DUPLICATE_MEMBER', 'Name each id once.', ['input', 'add']);

  return inTransaction(db, async (tx): Promise<MembersOutcome> => {
    // People first and then the group, as everywhere: whoever evaluates holds the people.
    const found = await lockCustomers(
      tx,
      asked.filter(isId).map((id) => id.toLowerCase()),
    );
    const group = await lockGroup(tx, input.group);
    if (group?.kind !== 'GROUP') return notFound('There is no such group.', ['input', 'group']);
    const ids = [...new Set([...found.values()].map(({ id }) => id))];
    const members = await membersAmong(tx, group.code, ids);
    const counts = await countGroups(tx, ids);
    const before = new Set(members);
    const decide = (customerId: string, wanted: boolean): MemberStatus => {
      const id = found.get(customerId.toLowerCase())?.id;
      if (id === undefined) return 'NOT_FOUND';
      if (members.has(id) === wanted) return 'UNCHANGED';
      if (wanted && (counts.get(id) ?? 0) >= MOST_GROUPS) return 'TOO_MANY_GROUPS';
      if (wanted) members.add(id);
      else members.delete(id);
      return wanted ? 'ADDED' : 'REMOVED';
    };
    const results = [
      ...add.map((customerId) => ({ customerId, status: decide(customerId, true) })),
      ...remove.map((customerId) => ({ customerId, status: decide(customerId, false) })),
    ];
    const added = [...members].filter((id) => !before.has(id));
    const removed = [...before].filter((id) => !members.has(id));
    await writeMembers(tx, group.code, { add: added, remove: removed });
    const changed = [...added, ...removed].sort();
    await noteChanges(tx, changed);
    await staleTokensOf(tx, changed);
    return { __typename: 'CustomerGroupMembersChanged', results };
  });
}
