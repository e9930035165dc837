import { brokenConstraint, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { readProducts } from '../data/product-writes.ts';
import { serviceAuthor, type Author } from '../domain/author.ts';
import { acceptChange, type ProductFields } from '../domain/editing/accept-change.ts';
import type { ProductEdit } from '../domain/editing/product-edit.ts';
import { sanitiseHtml } from '../sanitise-html.ts';
import { announceBundles } from './bundle-events.ts';
import { changeProduct, type Change } from './change-product.ts';
import { checkPlans } from './editing/check-plans.ts';
import { planCore, planSections, readTypesAfter } from './editing/plan-edits.ts';
import { productConflict } from './editing/product-conflict.ts';
import { handleTaken, refusalOf } from './editing/refusals.ts';
import { toWrite, writePlans } from './editing/write-plans.ts';

/** A change of a product: what is absent stays. */
export interface ProductChange extends ProductFields {
  readonly productId: string;
  /** The version that the caller has seen; null to change whatever is there. */
  readonly expectedVersion?: number | null | undefined;
}

/**
 * Changes everything of a product that a change gives, all or nothing, in a constant number of statements. A change to what is there already
 * counts no version and emits nothing. When the product is not at the version that the caller has seen, nothing is written, and the answer
 * shows both sides of every field that both change.
 */
export async function updateProduct(
  db: Database,
  change: ProductChange,
  author: Author = serviceAuthor('productUpdate'),
) {
  const { productId, expectedVersion = null } = change;
  const accepted = acceptChange(change, sanitiseHtml);
  if ('broken' in accepted) return refusalOf(accepted.broken);
  const { edit } = accepted;
  try {
    const outcome = await changeProduct(
      db,
      { productId, expectedVersion },
      author,
      (tx, product) => writeEdit(tx, product.productId, edit),
      (tx, product) => productConflict(tx, product, expectedVersion ?? product.version, edit),
    );
    if ('refusal' in outcome) return outcome.refusal;
    return { __typename: 'ProductUpdated' as const, productId: productId.toLowerCase() };
  } catch (error) {
    // The handle is looked at by nothing but the constraint: whoever looks before may be overtaken.
    if (brokenConstraint(error) === 'products_handle_key') return handleTaken(edit.content.handle ?? '');
    throw error;
  }
}

async function writeEdit(tx: Tx, productId: string, edit: ProductEdit): Promise<Change<ReturnType<typeof refusalOf>>> {
  const [kept] = await readProducts(tx, [productId]);
  const types = await readTypesAfter(tx, [{ kept: kept!, edit }]);
  const core = planCore({ kept: kept!, edit }, types);
  if ('broken' in core) return { kind: 'refused', refusal: refusalOf(core.broken) };
  const edited = { kept: kept!, edit, isNew: false, core: core.wanted };
  const { planned, broken } = await planSections(tx, [edited], 'productIds');
  const rule = broken.get(productId) ?? (await checkPlans(tx, planned)).get(productId);
  if (rule) return { kind: 'refused', refusal: refusalOf(rule) };
  const writes = planned.map((plan) => toWrite(plan, null)).filter(({ changed }) => changed);
  if (writes.length === 0) return { kind: 'same' };
  const dissolved = await writePlans(tx, writes);
  await announceBundles(
    tx,
    dissolved.map((variantId) => ({ variantId, components: [] })),
  );
  return { kind: 'changed' };
}
