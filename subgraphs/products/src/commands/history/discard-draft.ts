import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { notFound } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { readDraft, removeDraft } from '../../data/history/drafts.ts';
import { lockProductIds } from '../../data/publications.ts';
import { draftConflict } from './set-draft.ts';

/** Which draft, and which version of it the caller has seen. */
export interface DraftTarget {
  readonly productId: string;
  readonly expectedDraftVersion?: number | null | undefined;
}

/** Throws a prepared change away. The product stays as it is. */
export async function discardDraft(db: Database, { productId: given, expectedDraftVersion = null }: DraftTarget) {
  const gone = notFound('The product has no draft.', ['input', 'productId']);
  if (!isId(given)) return gone;
  const productId = given.toLowerCase();
  return inTransaction(db, async (tx) => {
    await lockProductIds(tx, [productId]);
    const draft = await readDraft(tx, productId);
    if (!draft) return gone;
    if (expectedDraftVersion !== null && expectedDraftVersion !== draft.version) return draftConflict(draft.version);
    await removeDraft(tx, productId);
    return { __typename: 'ProductDraftDiscarded' as const, productId };
  });
}
