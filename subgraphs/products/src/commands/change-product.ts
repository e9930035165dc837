import { inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { notFound, versionConflict } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { touchProducts } from '../data/product-writes.ts';
import { lockProductIds } from '../data/publications.ts';
import { readVersion } from '../data/product-update.ts';
import type { Author } from '../domain/author.ts';
import { announceProducts } from './product-events.ts';

/** Which product a command changes, and which version of it the caller has seen. */
export interface ProductTarget {
  readonly productId: string;
  /** Null to change whatever is there. */
  readonly expectedVersion: number | null;
}

/** What became of a change: nothing differed, something did, or a rule refused it. */
export type Change<Refusal> =
  { readonly kind: 'same' } | { readonly kind: 'changed' } | { readonly kind: 'refused'; readonly refusal: Refusal };

/** A product that is locked. */
export interface LockedProduct {
  readonly productId: string;
  readonly version: number;
}

/**
 * The frame of every command that changes one product: locks it, compares the version, lets `work` change what it changes, and then counts
 * the version on, keeps the revision and tells others, all in one transaction. A refusal leaves everything as it was.
 * @param onConflict tells more of a conflict than the version, in the same transaction.
 */
export async function changeProduct<Refusal, Conflict = ReturnType<typeof versionConflict>>(
  db: Database,
  { productId, expectedVersion }: ProductTarget,
  author: Author,
  work: (tx: Tx, product: LockedProduct) => Promise<Change<Refusal>>,
  onConflict: (tx: Tx, product: LockedProduct) => Promise<Conflict> = (_, { version }) =>
    Promise.resolve(versionConflict('The product', version) as Conflict),
) {
  const gone = notFound('There is no product with this id.', ['input', 'productId']);
  if (!isId(productId)) return { kind: 'missing' as const, refusal: gone };
  return inTransactionOrRefusal(db, async (tx) => {
    const [locked] = await lockProductIds(tx, [productId]);
    const version = locked === undefined ? null : await readVersion(tx, locked);
    if (locked === undefined || version === null) return { kind: 'missing' as const, refusal: gone };
    const product = { productId: locked, version };
    if (expectedVersion !== null && expectedVersion !== version)
      return { kind: 'conflict' as const, refusal: await onConflict(tx, product) };
    const change = await work(tx, product);
    if (change.kind !== 'changed') return change;
    await touchProducts(tx, [locked]);
    await announceProducts(tx, [locked], author);
    return { kind: 'changed' as const };
  });
}

/** Thrown to undo what a change wrote before a rule refused it. */
class Undone extends Error {
  readonly outcome: unknown;
  constructor(outcome: unknown) {
    super('a rule refused the change');
    this.outcome = outcome;
  }
}

async function inTransactionOrRefusal<Outcome extends { readonly kind: string }>(
  db: Database,
  work: (tx: Tx) => Promise<Outcome>,
): Promise<Outcome> {
  try {
    return await inTransaction(db, async (tx) => {
      const outcome = await work(tx);
      if (outcome.kind === 'refused') throw new Undone(outcome);
      return outcome;
    });
  } catch (error) {
    if (error instanceof Undone) return error.outcome as Outcome;
    throw error;
  }
}
