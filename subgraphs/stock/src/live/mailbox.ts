import { setImmediate } from 'node:timers/promises';
import type { LogPosition } from '../data/availability-changes.ts';
import type { Availability } from '../domain/availability.ts';

/** What has gathered since the last look. */
export interface Mail {
  /** Whether something may have been missed: read everything again. */
  readonly resync: boolean;
  /** The latest of each variant. */
  readonly changes: readonly Availability[];
  /** Every change up to here is in this mail or was in one before; null when nobody knows. */
  readonly settled: LogPosition | null;
}

/** Where changes wait for a reader, however slow: only the latest of each variant is kept, so it never grows beyond its bound. */
export interface Mailbox {
  put(change: Availability): void;
  /** Say that something may have been missed: what waits is dropped, the reader will read everything. */
  resync(): void;
  /** Waits until there is something, lets the changes of the same tick join it, and empties the box; null when it is closed. */
  take(): Promise<Mail | null>;
  /** Ends the reader's wait. */
  close(): void;
}

/**
 * Makes a mailbox.
 * @param maximum so many variants may wait; more turn into a resync. @param settled up to which position everything was put into the box.
 */
export function createMailbox(maximum: number, settled: () => LogPosition | null = () => null): Mailbox {
  let changes = new Map<string, Availability>();
  let resync = false;
  let closed = false;
  let wake: () => void = () => undefined;

  return {
    put(change) {
      if (closed || resync) return;
      const waiting = changes.get(change.variantId);
      if (waiting && waiting.version >= change.version) return;
      changes.set(change.variantId, change);
      if (changes.size > maximum) this.resync();
      wake();
    },
    resync() {
      changes = new Map();
      resync = true;
      wake();
    },
    async take() {
      while (!closed && !resync && changes.size === 0) await new Promise<void>((resolve) => (wake = resolve));
      await setImmediate();
      if (closed) return null;
      // In the turn in which the box is emptied: a position that comes later may stand for what this mail does not have.
      const mail = { resync, changes: [...changes.values()], settled: settled() };
      changes = new Map();
      resync = false;
      return mail;
    },
    close() {
      closed = true;
      changes = new Map();
      wake();
    },
  };
}
