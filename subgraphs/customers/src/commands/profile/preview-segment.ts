import type { Db } from '@kontor/kit/src/database.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { readFactsPage } from '../../data/profile/segments.ts';
import { isInSegment } from '../../domain/profile/segment.ts';
import { readRule, type RuleInput } from '../../domain/profile/segment-rule.ts';

const MOST_EXAMINED = 5_000;
const PAGE = 500;

/** What a part of all people came to. */
export interface Preview {
  readonly matching: number;
  readonly examined: number;
  /** The last who was examined; null when nobody is left. */
  readonly last: string | null;
}

/**
 * Counts whom a rule would find among the next 5,000 people, newest first, by the evaluation itself. Nothing is written.
 * @param before the last who was examined before; null to begin.
 * @throws GraphQLError BAD_USER_INPUT for a rule that could not be kept.
 */
export async function previewSegment(db: Db, input: RuleInput, before: string | null): Promise<Preview> {
  const read = readRule(input);
  if ('fault' in read) throw badInput(read.fault.message, ['rule', ...read.fault.path]);
  let matching = 0;
  let examined = 0;
  let last = before;
  while (examined < MOST_EXAMINED) {
    const rows = await readFactsPage(db, { before: last, limit: PAGE });
    matching += rows.filter(({ now, ...facts }) => isInSegment(read.rule, facts, now)).length;
    examined += rows.length;
    if (rows.length < PAGE) return { matching, examined, last: null };
    last = rows.at(-1)!.id;
  }
  return { matching, examined, last };
}
