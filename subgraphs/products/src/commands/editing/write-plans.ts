import type { Tx } from '@kontor/kit/src/database.ts';
import { dissolveBundles } from '../../data/bundles.ts';
import { writeSections } from '../../data/editing/sections.ts';
import { freeOptionValues, removeRows, updateProducts, writeMedia, writeVariants } from '../../data/product-writes.ts';
import { publish, refreshLive, unpublish } from '../../data/publications.ts';
import type { SectionName } from '../../domain/editing/product-content.ts';
import { changedSections } from '../../domain/editing/apply-sections.ts';
import { compareProduct, type ProductDifference, type WantedPublication } from '../../domain/product-difference.ts';
import type { PlannedProduct } from './plan-edits.ts';

/** What writing a product that was planned means. */
export interface ProductWrite {
  readonly plan: PlannedProduct;
  readonly difference: ProductDifference;
  readonly sections: readonly SectionName[];
  /** Whether anything has to be written, announced and counted; of a new product always. */
  readonly changed: boolean;
}

/** Compares a plan with what is kept. @param publication where an import shows the product; null to leave that as it is. */
export function toWrite(plan: PlannedProduct, publication: WantedPublication | null): ProductWrite {
  const difference = compareProduct(plan.kept, plan.core, publication);
  const sections = changedSections(plan.keptSections, plan.sections);
  return { plan, difference, sections, changed: plan.isNew || difference.changed || sections.length > 0 };
}

/**
 * Writes products that are locked and changed, in a constant number of statements. Rows of new ones are there already. Versions are counted
 * and products announced by the caller, in this order.
 * @returns variants that were bundles and are gone: the caller announces that they consist of nothing, after the products
 */
export async function writePlans(tx: Tx, writes: readonly ProductWrite[]): Promise<string[]> {
  const of = <Row>(rowsOf: (difference: ProductDifference) => readonly Row[]) =>
    writes.flatMap(({ difference }) => rowsOf(difference).map((row) => ({ ...row, productId: difference.productId })));
  const all = (idsOf: (difference: ProductDifference) => readonly string[]) =>
    writes.flatMap(({ difference }) => idsOf(difference));
  const inChannels = (codesOf: (difference: ProductDifference) => readonly string[]) =>
    of((difference) => codesOf(difference).map((channelCode) => ({ channelCode })));
  const existing = writes.filter(({ plan }) => !plan.isNew).map(({ difference }) => difference);
  await updateProducts(
    tx,
    existing.flatMap(({ productId, content }) => (content ? [{ productId, ...content }] : [])),
  );
  // Images before what shows them; variants that go before those that may take over their option values.
  await writeMedia(
    tx,
    of(({ media }) => media),
  );
  const removed = all(({ variantsRemoved }) => variantsRemoved);
  const dissolved = removed.length > 0 ? await dissolveBundles(tx, removed) : [];
  await removeRows(tx, 'variants', removed);
  await freeOptionValues(
    tx,
    all(({ variantsRenamed }) => variantsRenamed),
  );
  await writeVariants(
    tx,
    of(({ variants }) => variants),
  );
  await writeSections(
    tx,
    writes.map(({ plan, sections }) => ({ productId: plan.kept.productId, sections, wanted: plan.sections })),
  );
  await removeRows(
    tx,
    'media',
    all(({ mediaRemoved }) => mediaRemoved),
  );
  await publish(
    tx,
    inChannels((difference) => difference.publish),
  );
  await unpublish(
    tx,
    inChannels((difference) => difference.unpublish),
  );
  await refreshLive(
    tx,
    existing.flatMap(({ productId, statusChanged }) => (statusChanged ? [productId] : [])),
  );
  return dissolved;
}
