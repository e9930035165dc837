import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound, versionConflict } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { readDraft, writeDraft } from '../../data/history/drafts.ts';
import { readVersion } from '../../data/product-update.ts';
import { lockProductIds } from '../../data/publications.ts';
import type { Author } from '../../domain/author.ts';
import { acceptChange } from '../../domain/editing/accept-change.ts';
import { acceptDraft } from '../../domain/history/draft-rules.ts';
import { sanitiseHtml } from '../../sanitise-html.ts';
import { refusalOf } from '../editing/refusals.ts';
import type { ProductChange } from '../update-product.ts';

/** A change to prepare: the input of `productUpdate`. */
export interface DraftSetInput {
  readonly change: ProductChange;
  readonly publishAt?: string | null | undefined;
  readonly expectedDraftVersion?: number | null | undefined;
}

/** What answers who has seen another version of a draft. A draft that is not there is at version 0. */
export const draftConflict = (version: number) =>
  versionConflict('The draft', version, ['input', 'expectedDraftVersion']);

/**
 * Prepares a change of a product, in the place of the one that was prepared before. The product stays as it is, and nobody is told. What
 * the change says by itself has to keep the rules; whether it fits the product shows when it is made.
 * What it was prepared on is the version that the change expects, or the present one.
 */
export async function setDraft(
  db: Database,
  {
    change: { productId: given, expectedVersion = null, ...change },
    publishAt,
    expectedDraftVersion = null,
  }: DraftSetInput,
  author: Author,
) {
  const gone = notFound('There is no product with this id.', ['input', 'change', 'productId']);
  if (!isId(given)) return gone;
  const productId = given.toLowerCase();
  const accepted = acceptDraft({ change: { ...change }, publishAt });
  if ('broken' in accepted)
    return invalidInput(accepted.broken.code, accepted.broken.message, ['input', accepted.broken.field]);
  const rules = acceptChange(change, sanitiseHtml);
  if ('broken' in rules) return { ...refusalOf(rules.broken), path: ['input', 'change', ...rules.broken.path] };
  return inTransaction(db, async (tx) => {
    // The product first, as everybody who makes its draft does.
    const [locked] = await lockProductIds(tx, [productId]);
    const version = locked === undefined ? null : await readVersion(tx, locked);
    if (version === null) return gone;
    const before = await readDraft(tx, productId);
    if (expectedDraftVersion !== null && expectedDraftVersion !== (before?.version ?? 0))
      return draftConflict(before?.version ?? 0);
    const baseVersion = expectedVersion ?? version;
    if (baseVersion < 1 || baseVersion > version)
      return invalidInput(
        'INVALID_VERSION',
        `The product is at version ${version}, and has never been at ${baseVersion}.`,
        ['input', 'change', 'expectedVersion'],
      );
    await writeDraft(tx, productId, { ...accepted.draft, baseVersion }, author);
    return { __typename: 'ProductDraftSaved' as const, productId };
  });
}
