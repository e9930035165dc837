import { brokenConstraint, inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound, versionConflict } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { dissolveBundles, readUses } from '../../data/bundles.ts';
import {
  findGoneReferences,
  findInvolvedProducts,
  findSurplusVariants,
  readBundlesOfProduct,
  restoreDetails,
  restoreProductRow,
  restoreVariants,
} from '../../data/history/restoring.ts';
import { readRevision } from '../../data/history/revisions.ts';
import { readVersion } from '../../data/product-update.ts';
import { touchProducts } from '../../data/product-writes.ts';
import { lockProductIds, refreshLive } from '../../data/publications.ts';
import { readContent } from '../../data/revisions.ts';
import type { Author } from '../../domain/author.ts';
import type { RevisionContent } from '../../domain/history/revision.ts';
import { foldText } from '../../domain/text.ts';
import { variantTitle } from '../../domain/variant-title.ts';
import { announceBundles } from '../bundle-events.ts';
import { announceProducts } from '../product-events.ts';
import { checkRestored } from './check-restored.ts';
import { changedBundles, restoreBundles } from './restore-bundles.ts';
import { Refusal, refusalOf } from './refusal.ts';

/** Which version of a product shall come back. */
export interface RestoreInput {
  readonly productId: string;
  readonly version: number;
  /** The version that the caller has seen; null to overwrite whatever is there. */
  readonly expectedVersion?: number | null | undefined;
}

const AT = ['input', 'version'];

/** What others did to rows that the check found, before they were written. */
const BROKEN: Readonly<Record<string, readonly [code: string, message: string]>> = {
  products_handle_key: [
    'HANDLE_TAKEN',
    'The handle that the version had belongs to another product now: change that one first.',
  ],
  product_categories_category_fkey: ['REFERENCE_GONE', 'A category that the version was in is gone.'],
  variant_components_component_fkey: [
    'COMPONENT_IN_USE',
    'A variant that would be removed is a component of a bundle.',
  ],
};

/**
 * Makes a product what it was at a version that is kept, as a new version: everything but where it is published. Variants that were removed
 * come back with their old ids. All or nothing: what the version refers to has to be there still, and bundles have to keep their rules.
 * When the product is so already, it keeps its version and nobody is told.
 */
export async function restoreProduct(db: Database, input: RestoreInput, author: Author) {
  const { version, expectedVersion = null } = input;
  const gone = notFound('There is no product with this id.', ['input', 'productId']);
  if (!isId(input.productId)) return gone;
  const productId = input.productId.toLowerCase();
  const restored = { __typename: 'ProductRestored' as const, productId };
  try {
    return await inTransaction(db, async (tx) => {
      const content = await readRevision(tx, productId, version);
      // Together, in the order of all commands: components are checked under the lock of their products.
      const locked = await lockProductIds(
        tx,
        content ? await findInvolvedProducts(tx, productId, content) : [productId],
      );
      if (!locked.includes(productId)) return gone;
      const current = (await readVersion(tx, productId))!;
      if (expectedVersion !== null && expectedVersion !== current) return versionConflict('The product', current);
      if (!content) return notFound(`Version ${version} of the product is not kept.`, AT);
      const before = await readContent(tx, productId);
      const bundlesBefore = await readBundlesOfProduct(tx, productId);
      await assertReferences(tx, content);
      await write(tx, productId, content);
      if ((await readContent(tx, productId)) === before) return restored;
      await checkRestored(tx, productId, content);
      await refreshLive(tx, [productId]);
      await touchProducts(tx, [productId]);
      await announceProducts(tx, [productId], author);
      await announceBundles(tx, changedBundles(bundlesBefore, await readBundlesOfProduct(tx, productId)));
      return restored;
    });
  } catch (error) {
    const broken = BROKEN[brokenConstraint(error) ?? ''];
    if (broken) return invalidInput(broken[0], broken[1], AT);
    return refusalOf(error);
  }
}

async function assertReferences(tx: Tx, content: RevisionContent): Promise<void> {
  const missing = await findGoneReferences(tx, content);
  if (missing.length === 0) return;
  const names = missing.map(({ kind, id }) => `the ${kind} ${id.slice(0, 40)}`).join(', ');
  throw new Refusal('REFERENCE_GONE', `The version refers to what is gone: ${names}.`, AT);
}

async function write(tx: Tx, productId: string, content: RevisionContent): Promise<void> {
  await removeSurplus(tx, productId, content);
  await restoreProductRow(tx, productId, content.product, foldText(String(content.product['title'])));
  await restoreVariants(tx, productId, content);
  await restoreDetails(tx, productId, content);
  await restoreBundles(tx, productId, content);
}

/** Empties the bundles that go, once it is sure that nothing else is made of what goes. */
async function removeSurplus(tx: Tx, productId: string, content: RevisionContent): Promise<void> {
  const surplus = await findSurplusVariants(tx, productId, content);
  if (surplus.length === 0) return;
  const own = new Set((await readBundlesOfProduct(tx, productId)).map(({ bundleId }) => bundleId));
  const uses = await readUses(
    tx,
    surplus.map(({ variantId }) => variantId),
  );
  // The product's own bundles are written anew.
  const use = uses.find(({ bundleId }) => !own.has(bundleId));
  const variant = use && surplus.find(({ variantId }) => variantId === use.componentId);
  if (variant) {
    const name = variantTitle(variant.optionValues).slice(0, 100);
    const message = `The variant ${name} is a component of a bundle and would be removed: change the bundle first.`;
    throw new Refusal('COMPONENT_IN_USE', message, AT);
  }
  await dissolveBundles(tx, [...own]);
}
