import { inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { insertProducts, withdrawProducts } from '../data/product-writes.ts';
import { serviceAuthor, type Author } from '../domain/author.ts';
import { acceptChange, type ProductFields } from '../domain/editing/accept-change.ts';
import { emptyProduct } from '../domain/editing/product-content.ts';
import type { ProductEdit } from '../domain/editing/product-edit.ts';
import { sanitiseHtml } from '../sanitise-html.ts';
import { checkPlans } from './editing/check-plans.ts';
import { planCore, planSections, readTypesAfter } from './editing/plan-edits.ts';
import { handleTaken, refusalOf } from './editing/refusals.ts';
import { toWrite, writePlans } from './editing/write-plans.ts';
import { announceProducts } from './product-events.ts';

/** A product as somebody wants to begin it. */
export interface NewProduct extends ProductFields {
  readonly handle: string;
  readonly title: string;
}

/** A product without options is sold in one way; one with options is sold as its variants say. */
const ONE_VARIANT = { variants: [{ optionValues: [] }] } as const;

/**
 * Makes a product with everything that is given of it, all or nothing; a draft when nothing else is said. No channel shows it before it is
 * published there.
 */
export async function createProduct(db: Database, input: NewProduct, author: Author = serviceAuthor('productCreate')) {
  const accepted = acceptChange(
    { ...input, variants: input.variants?.length ? input.variants : ONE_VARIANT.variants },
    sanitiseHtml,
  );
  if ('broken' in accepted) return refusalOf(accepted.broken);
  return inTransaction(db, (tx) => create(tx, input.handle, accepted.edit, author));
}

async function create(tx: Tx, handle: string, edit: ProductEdit, author: Author) {
  const kept = emptyProduct(newId(), handle, 'DRAFT');
  const core = planCore({ kept, edit }, await readTypesAfter(tx, [{ kept, edit }]));
  if ('broken' in core) return refusalOf(core.broken);
  const { productId } = kept;
  const inserted = await insertProducts(tx, [{ productId, ...core.wanted.content }]);
  if (inserted.size === 0) return handleTaken(handle);
  const { planned, broken } = await planSections(tx, [{ kept, edit, isNew: true, core: core.wanted }], 'productIds');
  const rule = broken.get(productId) ?? (await checkPlans(tx, planned)).get(productId);
  if (rule) {
    await withdrawProducts(tx, [productId]);
    return refusalOf(rule);
  }
  await writePlans(
    tx,
    planned.map((plan) => toWrite(plan, null)),
  );
  await announceProducts(tx, [productId], author);
  return { __typename: 'ProductCreated' as const, productId };
}
