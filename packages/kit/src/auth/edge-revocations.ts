import type { Logger } from '../logger.ts';
import type { Clock } from '../clock.ts';
import type { Timing } from '../timing.ts';
import type { AskCustomers } from './edge-customers.ts';

/** Between the beginnings of two questions. */
const EVERY_MS = 5_000;
/** What is older is waited for. */
const OLD_MS = 30_000;
/** So long is it waited: customers may hang, and its tokens end soon anyway. */
const WAIT_MS = 1_000;
/** No token lives longer, nor is issued or read by a clock that is wrong by more than the rest. */
const KEPT_MS = 15 * 60_000 + 10_000;
const PAGE = 1_000;
const MOST_PAGES = 200;
const MOST_ENTRIES = 100_000;

const REVOCATIONS = `query Revocations($since: Cursor, $first: Int!) {
  revocations(since: $since, first: $first) { revocations { credentialId notBefore } cursor }
}`;

/** Sessions and keys that ended before their time. */
export interface Revocations {
  /**
   * Asks in the background when it is time to.
   * @returns a promise, which never rejects, only where what is known is too old to go on without waiting.
   */
  refresh(): Promise<void> | undefined;
  /** Whether a token of a session is refused. @param issuedAt in epoch milliseconds. */
  refuses(credentialId: string, issuedAt: number): boolean;
  /** Refuses all that was issued for a credential until now. */
  end(credentialId: string): void;
  /** How many ends were learnt so far: the time of what follows, in an order that no clock can disturb. */
  readonly turn: number;
  /** Whether an end of a credential was learnt after a turn: what was known of it then may be no longer true. */
  endedSince(credentialId: string, turn: number): boolean;
}

interface Entry {
  /** In epoch milliseconds: what was issued at or before it is refused. */
  readonly notBefore: number;
  readonly turn: number;
  readonly leavesAt: number;
}

interface Page {
  readonly revocations?: {
    readonly revocations?: readonly { readonly credentialId: string; readonly notBefore: string }[];
    readonly cursor?: string | null;
  } | null;
}

interface Options {
  readonly ask: AskCustomers;
  readonly logger: Logger;
  readonly timing: Timing;
  readonly clock: Clock;
}

/**
 * Keeps what customers says of sessions and keys that ended, or whose claims changed, in the last 15 minutes: no token is older. It is asked
 * every 5 seconds at most, while tokens are checked. When the last answer is older than 30 seconds the next check waits for one, a second at
 * most and once: when customers is down, tokens go on until they end, five minutes later at most, and their sessions cannot be refreshed then.
 * That is logged once. To refuse everybody instead would take the whole shop down with customers.
 *
 * A token issued at the very moment of a revocation is refused. One that tells the second alone counts as issued at its beginning, so that what was
 * issued later within the second of a revocation is refused too: rounded the other way, something that has ended would go on.
 * Memory is bounded: should more than 100,000 credentials end in 15 minutes, the oldest ends become one for everybody, who then have to refresh.
 */
export function createRevocations({ ask, logger, timing, clock }: Options): Revocations {
  // In the order in which they were learnt, which is that in which they leave.
  const entries = new Map<string, Entry>();
  const forgotten = { notBefore: -Infinity, turn: -1 };
  let turn = 0;
  let cursor: string | null = null;
  let answeredAt = -Infinity;
  let askedAt = -Infinity;
  let isFailing = false;
  let underWay: Promise<void> | undefined;

  const record = (credentialId: string, notBefore: number) => {
    if ((entries.get(credentialId)?.notBefore ?? -Infinity) >= notBefore) return;
    turn += 1;
    entries.delete(credentialId);
    entries.set(credentialId, { notBefore, turn, leavesAt: timing.now() + KEPT_MS });
    if (entries.size <= MOST_ENTRIES) return;
    const [[oldestId, oldest]] = entries as Iterable<[string, Entry]> as [[string, Entry]];
    entries.delete(oldestId);
    forgotten.notBefore = Math.max(forgotten.notBefore, Math.min(oldest.notBefore, clock.now().getTime()));
    forgotten.turn = Math.max(forgotten.turn, oldest.turn);
  };
  const dropOld = () => {
    const now = timing.now();
    for (const [credentialId, { leavesAt }] of entries) {
      if (leavesAt > now) return;
      entries.delete(credentialId);
    }
  };

  /** @returns whether there is more. */
  const readPage = async (): Promise<boolean> => {
    const since = cursor;
    // Where it fails, whatever was wrong with it, everything that counts is told again.
    cursor = null;
    const { revocations: page } = await ask<Page>(REVOCATIONS, { since, first: PAGE });
    const found = page?.revocations;
    if (!Array.isArray(found)) throw new Error('customers told no revocations');
    for (const { credentialId, notBefore } of found as NonNullable<NonNullable<Page['revocations']>['revocations']>) {
      const time = Date.parse(notBefore);
      record(String(credentialId), Number.isNaN(time) ? clock.now().getTime() : time);
    }
    cursor = page?.cursor ?? since;
    return found.length >= PAGE && cursor !== since;
  };
  const load = async () => {
    try {
      let pages = 0;
      while ((pages += 1) <= MOST_PAGES && (await readPage()));
      if (pages > MOST_PAGES) throw new Error('customers has more revocations than are read at once: the rest follows');
      answeredAt = timing.now();
      isFailing = false;
    } catch (error) {
      failed(error);
    }
    dropOld();
  };
  const failed = (error: unknown) => {
    if (!isFailing) logger.warn({ err: error }, 'ends of sessions cannot be read; access tokens go on until they end');
    isFailing = true;
  };
  const start = (): Promise<void> => {
    const loading = load();
    // Those who wait give up together.
    const bounded = new Promise<void>((resolve) => {
      const cancel = timing.after(WAIT_MS, () => {
        failed(new Error('customers is slow to tell the ends of sessions'));
        resolve();
      });
      void loading.then(cancel).then(resolve);
    });
    void loading.finally(() => (underWay = undefined));
    return bounded;
  };

  return {
    refresh() {
      const now = timing.now();
      if (now - answeredAt < EVERY_MS) return undefined;
      // After an outage it is not waited again with each question, but it is when nobody has asked for long.
      const mayWait = !isFailing || now - askedAt >= OLD_MS;
      if (!underWay && now - askedAt >= EVERY_MS) {
        askedAt = now;
        underWay = start();
      }
      return mayWait && now - answeredAt >= OLD_MS ? underWay : undefined;
    },
    refuses(credentialId, issuedAt) {
      const notBefore = Math.max(entries.get(credentialId)?.notBefore ?? -Infinity, forgotten.notBefore);
      return notBefore >= issuedAt;
    },
    end: (credentialId) => record(credentialId, clock.now().getTime()),
    get turn() {
      return turn;
    },
    endedSince: (credentialId, since) => forgotten.turn > since || (entries.get(credentialId)?.turn ?? -1) > since,
  };
}
