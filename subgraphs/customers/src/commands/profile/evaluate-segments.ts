import { inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { startRecurring } from '@kontor/kit/src/recurring.ts';
import { writeMemberships, type MembershipKey } from '../../data/profile/groups.ts';
import {
  findSegments,
  readFacts,
  rulesVersionOf,
  takeDue,
  takeUndecided,
  writeDecided,
  type Decided,
  type SegmentRow,
} from '../../data/profile/segments.ts';
import { staleTokensOf } from '../../data/signing/revocations.ts';
import { segmentChanged } from '../../domain/profile/customer.ts';
import { decideSegments } from '../../domain/profile/segment.ts';

/** People of one transaction. */
const BATCH = 100;
/** Batches of one turn: a change of a rule is worked off over many turns, and other recurring work is not kept waiting. */
const BATCHES = 50;
const EVERY_MS = 1_000;
/** The latest instant that is kept; what is due after it is looked at again then. */
const LATEST_MS = Date.UTC(9_999, 0);

/**
 * Decides the segments of one batch of people: first of those about whom something changed, or whom other rules apply to, then of those
 * for whom time has made one due. Everything is read and written under the lock of their rows, so that whatever changes meanwhile makes
 * them undecided again; who is locked is left to the next turn. Any number of processes may do it.
 * @returns how many people were decided.
 */
export const evaluateBatch = (db: Database): Promise<number> =>
  inTransaction(db, async (tx) => {
    const segments = await findSegments(tx);
    if (segments.length === 0) return 0;
    const undecided = await takeUndecided(tx, rulesVersionOf(segments), BATCH);
    const ids = undecided.length > 0 ? undecided : await takeDue(tx, BATCH);
    if (ids.length > 0) await decide(tx, segments, ids);
    return ids.length;
  });

async function decide(tx: Tx, segments: readonly SegmentRow[], ids: readonly string[]): Promise<void> {
  const entered: MembershipKey[] = [];
  const left: MembershipKey[] = [];
  const decided: Decided[] = [];
  for (const { id, segments: current, now, ...facts } of await readFacts(tx, ids)) {
    const decision = decideSegments(segments, current, facts, now);
    entered.push(...decision.entered.map((code) => ({ customerId: id, code })));
    left.push(...decision.left.map((code) => ({ customerId: id, code })));
    const { dueAt } = decision;
    decided.push({ id, dueAt: dueAt === null ? null : new Date(Math.min(dueAt, LATEST_MS)).toISOString() });
  }
  await writeMemberships(tx, { add: entered, remove: left });
  await writeDecided(tx, rulesVersionOf(segments), decided);
  await appendEvents(tx, 'customers', [
    ...left.map(({ customerId, code }) => segmentChanged('left', customerId, code)),
    ...entered.map(({ customerId, code }) => segmentChanged('entered', customerId, code)),
  ]);
  await staleTokensOf(tx, [...new Set([...entered, ...left].map(({ customerId }) => customerId))].sort());
}

/** Decides everybody who is undecided or due, batch by batch, as many as one turn takes. */
export async function evaluateSegments(db: Database, isStopping: () => boolean = () => false): Promise<void> {
  for (let batch = 0; batch < BATCHES && !isStopping(); batch += 1) if ((await evaluateBatch(db)) === 0) return;
}

/** Evaluates segments every second beside requests. @returns how to stop it. */
export const startEvaluation = (db: Database, logger: Logger): (() => Promise<void>) =>
  startRecurring({
    everyMs: EVERY_MS,
    logger,
    onFailure: 'segments wait for the next turn',
    work: (isStopping) => evaluateSegments(db, isStopping),
  });
