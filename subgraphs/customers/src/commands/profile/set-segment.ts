import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound, versionConflict } from '@kontor/kit/src/errors.ts';
import { lockGroup } from '../../data/profile/groups.ts';
import { findSegments, groupsAmong, lockSegments, writeSegment, type SegmentRow } from '../../data/profile/segments.ts';
import { isCode, readRule, type RuleInput } from '../../domain/profile/segment-rule.ts';
import { readText } from '../read-input.ts';
import { refusalOf, valueOf } from '../refuse-fault.ts';
import { CODE_TAKEN, INVALID_CODE, MAX_GROUP_NAME } from './set-group.ts';

/** Each person is decided by all of them at once. */
const MOST_ACTIVE = 30;
const MOST_SEGMENTS = 100;

/** A segment as staff describe it. */
export interface SegmentInput {
  readonly code: string;
  readonly name: string;
  readonly rule: RuleInput;
  readonly isActive?: boolean | null | undefined;
  readonly expectedVersion?: number | null | undefined;
}

export type SegmentOutcome =
  | { readonly __typename: 'SegmentSaved'; readonly segment: SegmentRow }
  | ReturnType<typeof invalidInput>
  | ReturnType<typeof notFound>
  | ReturnType<typeof versionConflict>;

const TOO_MANY = invalidInput(
  'TOO_MANY_SEGMENTS',
  `There are at most ${MOST_SEGMENTS} segments, ${MOST_ACTIVE} of them active. Deactivate one first.`,
  ['input', 'code'],
);
const UNKNOWN_GROUP = invalidInput(
  'INVALID_RULE',
  'A condition names a group that does not exist. Segments are no groups here.',
  ['input', 'rule', 'conditions'],
);

/**
 * Makes a segment, or changes it where it is still at the version that was read. With its new version everybody is undecided, and the
 * evaluation beside requests takes them in turn.
 */
export async function setSegment(db: Database, input: SegmentInput): Promise<SegmentOutcome> {
  const { code, expectedVersion = null } = input;
  const isActive = input.isActive ?? true;
  if (!isCode(code)) return INVALID_CODE;
  const name = readText(input.name, 'name', MAX_GROUP_NAME);
  const refusal = refusalOf(name);
  if (refusal) return refusal;
  const read = readRule(input.rule);
  if ('fault' in read) return invalidInput('INVALID_RULE', read.fault.message, ['input', 'rule', ...read.fault.path]);
  const { rule } = read;
  const named = rule.conditions.flatMap((condition) => (condition.kind === 'IN_GROUP' ? [condition.group] : []));

  return inTransaction(db, async (tx): Promise<SegmentOutcome> => {
    await lockSegments(tx);
    const all = await findSegments(tx);
    const known = all.find((segment) => segment.code === code);
    if (known && known.version !== expectedVersion) return versionConflict('The segment', known.version);
    if (!known && expectedVersion !== null) return notFound('There is no such segment.', ['input', 'code']);
    if (!known && (await lockGroup(tx, code))) return CODE_TAKEN('group');
    const active = all.filter((segment) => segment.isActive && segment.code !== code).length;
    if ((isActive && active >= MOST_ACTIVE) || (!known && all.length >= MOST_SEGMENTS)) return TOO_MANY;
    if ((await groupsAmong(tx, named)).size < new Set(named).size) return UNKNOWN_GROUP;
    const segment = await writeSegment(tx, { code, name: valueOf(name), rule, isActive });
    return { __typename: 'SegmentSaved', segment };
  });
}
