import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound, versionConflict } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { patchProduct, readVersion, type ProductPatch } from '../data/product-update.ts';
import { acceptDescription, acceptLabel, acceptTags, acceptTitle, ruleReason } from '../domain/product-rules.ts';
import { serviceAuthor, type Author } from '../domain/author.ts';
import { foldText } from '../domain/text.ts';
import { sanitiseHtml } from '../sanitise-html.ts';
import { announceProducts } from './product-events.ts';

/** A change of a product: what is absent stays; a brand or type of null is removed. */
export interface ProductChange {
  readonly productId: string;
  readonly expectedVersion?: number | null | undefined;
  readonly title?: string | null | undefined;
  readonly descriptionHtml?: string | null | undefined;
  readonly vendor?: string | null | undefined;
  readonly productType?: string | null | undefined;
  readonly tags?: readonly string[] | null | undefined;
}

/** Changes texts and labels of a product, in one conditional statement. A change to what is there already counts no version and emits nothing. */
export async function updateProduct(
  db: Database,
  change: ProductChange,
  author: Author = serviceAuthor('productUpdate'),
) {
  const { productId, expectedVersion = null } = change;
  const gone = notFound('There is no product with this id.', ['input', 'productId']);
  if (!isId(productId)) return gone;
  const accepted = acceptPatch(change);
  if ('broken' in accepted) return accepted.broken;
  return inTransaction(db, async (tx) => {
    const changed = await patchProduct(tx, productId, expectedVersion, accepted.patch);
    if (changed) {
      await announceProducts(tx, [productId], author);
      return { __typename: 'ProductUpdated' as const, productId };
    }
    const version = await readVersion(tx, productId);
    if (version === null) return gone;
    if (expectedVersion !== null && version !== expectedVersion) return versionConflict('The product', version);
    return { __typename: 'ProductUpdated' as const, productId };
  });
}

function acceptPatch({ title, descriptionHtml, vendor, productType, tags }: ProductChange) {
  const readers: Record<string, () => ProductPatch> = {
    title: () => {
      const clean = title == null ? null : acceptTitle(title);
      return clean === null ? {} : { title: clean, titleKey: foldText(clean) };
    },
    descriptionHtml: () =>
      descriptionHtml == null ? {} : { descriptionHtml: acceptDescription(descriptionHtml, sanitiseHtml) },
    vendor: () => (vendor === undefined ? {} : { vendor: acceptLabel('The vendor', vendor) }),
    productType: () => (productType === undefined ? {} : { productType: acceptLabel('The product type', productType) }),
    tags: () => (tags == null ? {} : { tags: acceptTags(tags) }),
  };
  let patch: ProductPatch = {};
  for (const [field, read] of Object.entries(readers)) {
    try {
      patch = { ...patch, ...read() };
    } catch (error) {
      return { broken: invalidInput('INVALID_TEXT', ruleReason(error), ['input', field]) };
    }
  }
  return { patch };
}
