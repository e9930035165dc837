import { inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { readDraft, removeDraft, type DraftRow } from '../../data/history/drafts.ts';
import { lockProductIds } from '../../data/publications.ts';
import type { Author } from '../../domain/author.ts';
import { updateProduct, type ProductChange } from '../update-product.ts';
import type { DraftTarget } from './discard-draft.ts';
import { joinTransaction } from './join-transaction.ts';
import { draftConflict } from './set-draft.ts';

/** Reads what was kept as the input of `productUpdate`, which may be another by now; `reason` says why it is none. */
export type ReadChange = (kept: unknown) => { readonly change: ProductChange } | { readonly reason: string };

/** Which draft to make. */
export interface DraftPublishInput extends DraftTarget {
  /** The version of the product that the caller has seen; null for the one that the draft was prepared on, as `makeDraft`. */
  readonly expectedVersion?: number | null | undefined;
}

/**
 * Makes the change of a draft that is locked, as `productUpdate` does, and removes the draft: both or neither.
 * @param expectedVersion of the product; null for the one that the draft was prepared on, or a later one in which nobody changed the same
 * fields. @returns what `productUpdate` answers
 */
export async function makeDraft(
  db: Database,
  tx: Tx,
  { productId, change, baseVersion }: DraftRow,
  expectedVersion: number | null,
  author: Author,
  readChange: ReadChange,
) {
  // What is kept may be older than the rules that hold now.
  const read = readChange({ ...(change as object), productId, expectedVersion: expectedVersion ?? baseVersion });
  if ('reason' in read) return invalidInput('INVALID_DRAFT', `The draft is no change: ${read.reason}`, null);
  const make = (of: ProductChange) => updateProduct(joinTransaction(db, tx), of, author);
  const first = await make(read.change);
  // The product is locked: it is at this version until the end.
  const result =
    expectedVersion === null && first.__typename === 'ProductConflict' && first.fields.length === 0
      ? await make({ ...read.change, expectedVersion: first.currentVersion })
      : first;
  if (result.__typename === 'ProductUpdated') await removeDraft(tx, productId);
  return result;
}

/** Makes a prepared change now, whenever it was to be made. One that is refused stays as it is. */
export async function publishDraft(
  db: Database,
  { productId: given, expectedVersion = null, expectedDraftVersion = null }: DraftPublishInput,
  author: Author,
  readChange: ReadChange,
) {
  const gone = notFound('The product has no draft.', ['input', 'productId']);
  if (!isId(given)) return gone;
  const productId = given.toLowerCase();
  return inTransaction(db, async (tx) => {
    await lockProductIds(tx, [productId]);
    const draft = await readDraft(tx, productId);
    if (!draft) return gone;
    if (expectedDraftVersion !== null && expectedDraftVersion !== draft.version) return draftConflict(draft.version);
    return makeDraft(db, tx, draft, expectedVersion, author, readChange);
  });
}
