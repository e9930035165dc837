import { randomUUID } from 'node:crypto';
import { inTransaction } from '@kontor/kit/src/database.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { erasePerson, hasOpenHolds, lockPerson } from '../../data/privacy/erase-person.ts';
import { findEmails, findOrphans } from '../../data/privacy/people.ts';
import {
  completeRequest,
  expireParts,
  giveBackRequest,
  holdRequest,
  leaseRequest,
  moveRequest,
  postponeRequest,
} from '../../data/privacy/requests.ts';
import { customerErased } from '../../domain/privacy/erased.ts';
import { OTHER_KEEPERS, waitSeconds, type LeasedRequest } from '../../domain/privacy/request.ts';
import { customerChanged } from '../../domain/profile/customer.ts';
import { subjectOfAddress } from '../../sealing/one-time-token.ts';
import { KeeperUnavailable, readExportStep } from './export-person.ts';
import type { PrivacyDeps } from './privacy-deps.ts';

/** So long does nobody hear of a person being forgotten before it is told again: a bus may lose everything. */
const TELL_AGAIN_S = 600;
const PARTS_AT_ONCE = 200;

/** Whether a request goes on at once with this process. */
type Going = 'on' | 'off';

/**
 * Works on requests that are due, one step after the other, until there is none. Each step is a transaction that holds the request, so that
 * a process that dies has done all of a step or nothing, and any other goes on a minute later.
 */
export async function advanceRequests(deps: PrivacyDeps, isStopping: () => boolean): Promise<void> {
  const owner = randomUUID();
  while (!isStopping()) {
    const request = await leaseRequest(deps.db.orm, owner);
    if (!request) break;
    await work(deps, request, owner, isStopping);
  }
  while (!isStopping() && (await inTransaction(deps.db, (tx) => expireParts(tx, PARTS_AT_ONCE))));
}

async function work(deps: PrivacyDeps, leased: LeasedRequest, owner: string, isStopping: () => boolean): Promise<void> {
  const { db, logger } = deps;
  let tries = leased.tries;
  try {
    let going: Going = 'on';
    let current: LeasedRequest | null = leased;
    while (going === 'on' && current && !isStopping()) {
      ({ tries } = current);
      going = await (current.kind === 'EXPORT'
        ? advanceExport(deps, current, owner)
        : advanceErasure(deps, current, owner));
      current = going === 'on' ? await inTransaction(db, (tx) => holdRequest(tx, leased.id, owner)) : null;
    }
    if (isStopping()) await giveBackRequest(db.orm, leased.id, owner, 0);
  } catch (error) {
    logger.warn(
      { requestId: leased.id, fault: nameOf(error) },
      'a request of privacy could not be worked on and is tried again',
    );
    await giveBackRequest(db.orm, leased.id, owner, waitSeconds(tries));
  }
}

/** Never the message, which may repeat what a statement was given. */
const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);

async function advanceExport(deps: PrivacyDeps, request: LeasedRequest, owner: string): Promise<Going> {
  const { db } = deps;
  let made: Awaited<ReturnType<typeof readExportStep>>;
  try {
    made = await readExportStep(deps, request);
  } catch (error) {
    if (!(error instanceof KeeperUnavailable)) throw error;
    const { keeper } = error;
    await inTransaction(db, async (tx) => {
      if (await holdRequest(tx, request.id, owner))
        await postponeRequest(tx, request.id, { missing: [keeper], seconds: waitSeconds(request.tries) });
    });
    return 'off';
  }
  return inTransaction(db, async (tx): Promise<Going> => {
    const held = await holdRequest(tx, request.id, owner);
    // Somebody else has done this step: what was read is not added twice.
    if (!held || !isSameStep(held, request)) return 'off';
    await moveRequest(tx, request.id, { parts: made.parts, ...(made.next ?? { step: request.step, position: null }) });
    if (made.next) return 'on';
    await completeRequest(tx, request.id);
    return 'off';
  });
}

const isSameStep = (one: LeasedRequest, other: LeasedRequest): boolean =>
  one.step === other.step && JSON.stringify(one.position) === JSON.stringify(other.position);

async function advanceErasure({ db, sealing }: PrivacyDeps, request: LeasedRequest, owner: string): Promise<Going> {
  await inTransaction(db, async (tx) => {
    // Companies, profiles, and then the request: in the order in which requests are taken.
    const person = await lockPerson(tx, request.customerId);
    if (!person) throw new Error('a profile is gone that a request names');
    if (!(await holdRequest(tx, request.id, owner))) return;
    const waitFor = (missing: string) =>
      postponeRequest(tx, request.id, { missing: [missing], seconds: waitSeconds(request.tries) });
    if (request.step === 'ERASE') {
      if (!person.isErased && (await findOrphans(tx, person)).length > 0) return waitFor('company');
      if (await hasOpenHolds(tx, person)) return waitFor('holds');
      const emails = await findEmails(tx, person);
      const subjects = await Promise.all(emails.map((email) => subjectOfAddress(sealing, email)));
      const revision = await erasePerson(tx, person, subjects);
      await appendEvents(tx, 'customers', [customerChanged({ id: person.id, revision })]);
      await moveRequest(tx, request.id, { step: 'ACKNOWLEDGE', position: null, parts: [] });
    }
    await appendEvents(tx, 'customers', [customerErased(person.id, person.formerIds)]);
    await postponeRequest(tx, request.id, { missing: OTHER_KEEPERS, seconds: TELL_AGAIN_S });
  });
  return 'off';
}
