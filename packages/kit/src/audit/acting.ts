import { AsyncLocalStorage } from 'node:async_hooks';
import type { Database, Tx } from '../database.ts';
import { appendEvents } from '../events/outbox.ts';
import { staffActedEvent, type StaffActed } from './staff-acted.ts';

/** A mutation that is under way and recorded. */
export interface Acting {
  /** The database whose transactions take the entry along. What else is asked in the same process has its own. */
  readonly db: Database;
  /** The PostgreSQL schema of its outbox. */
  readonly schema: string;
  readonly entry: StaffActed;
  /** Names of the types that refuse: a transaction that ends with one of them has done nothing. */
  readonly refusals: ReadonlySet<string>;
  /** `writing`: in a transaction that has not committed. `over`: the mutation has answered, whatever still runs behind it. */
  state: 'open' | 'writing' | 'written' | 'over';
}

const storage = new AsyncLocalStorage<Acting>();

/** Runs a mutation so that its transactions know who acts. */
export const whileActing = <T>(acting: Acting, work: () => T): T => storage.run(acting, work);

/** Who acts on a database and is not recorded yet; null for almost everybody. */
export function actingOn(db: Database): Acting | null {
  const acting = storage.getStore();
  return acting?.db === db && acting.state === 'open' ? acting : null;
}

/**
 * Runs a transaction that ends with the entry of whoever acts: both are there or neither. Of several transactions of one mutation
 * the first that commits has it. One that ends with a refusal, or null for what it did not find, writes none.
 */
export async function actedTransaction<T>(acting: Acting, work: (tx: Tx) => Promise<T>): Promise<T> {
  let isOurs = false;
  try {
    const result = await acting.db.orm.transaction(async (tx) => {
      const outcome = await work(tx);
      if (acting.state !== 'open' || hasDoneNothing(acting, outcome)) return outcome;
      acting.state = 'writing';
      isOurs = true;
      await appendEvents(tx, acting.schema, [staffActedEvent(acting.schema, acting.entry)]);
      return outcome;
    });
    if (isOurs && acting.state === 'writing') acting.state = 'written';
    return result;
  } catch (error) {
    if (isOurs && acting.state === 'writing') acting.state = 'open';
    throw error;
  }
}

const hasDoneNothing = ({ refusals }: Acting, outcome: unknown): boolean =>
  outcome === null || refusalIn(refusals, outcome) !== null;

/** Appends an entry in a transaction of its own. */
export async function appendEntry({ db, schema }: Acting, entry: StaffActed): Promise<void> {
  await db.orm.transaction((tx) => appendEvents(tx, schema, [staffActedEvent(schema, entry)]));
  db.committed();
}

/** The name of the refusal that an outcome is; null when it is none. */
export function refusalIn(refusals: ReadonlySet<string>, outcome: unknown): string | null {
  if (typeof outcome !== 'object' || outcome === null || !('__typename' in outcome)) return null;
  const { __typename: name } = outcome;
  return typeof name === 'string' && refusals.has(name) ? name : null;
}
