import type { Tx } from '@kontor/kit/src/database.ts';
import { readUses } from '../../data/bundles.ts';
import { missingCategories } from '../../data/categories/product-categories.ts';
import { missingChannels } from '../../data/channels.ts';
import { lockSuccessors, missingReferences, readSuccessors } from '../../data/editing/references.ts';
import { heldProducts } from '../../domain/bundle-removal.ts';
import { inCircles, MAX_SUCCESSORS } from '../../domain/editing/accept-relations.ts';
import { nameOfVariant } from '../../domain/editing/accept-variants.ts';
import { changedSections, type SomeSections } from '../../domain/editing/apply-sections.ts';
import { cleanLine } from '../../domain/text.ts';
import type { BrokenRules, PlannedProduct } from './plan-edits.ts';

/**
 * Looks for rules that plans break together with the rest of the catalogue: each check is one statement for all products, and none when
 * nothing asks for it. The products are locked; categories and successors are from here on.
 */
export async function checkPlans(tx: Tx, planned: readonly PlannedProduct[]): Promise<BrokenRules> {
  const broken: BrokenRules = new Map();
  for (const check of [checkChannels, checkCategories, checkReferences, checkBundles, checkSuccessors])
    await check(
      tx,
      planned.filter(({ kept }) => !broken.has(kept.productId)),
      (productId, message, path) => broken.set(productId, { message, path }),
    );
  return broken;
}

type Check = (
  tx: Tx,
  planned: readonly PlannedProduct[],
  refuse: (productId: string, message: string, path: readonly string[]) => void,
) => Promise<void>;

const checkChannels: Check = async (tx, planned, refuse) => {
  const namedIn = (section: 'texts' | 'channelMedia') =>
    planned.flatMap(({ kept: { productId }, edit }) =>
      (edit.sections[section] ?? []).map(({ channel }, index) => ({
        productId,
        channel,
        path: [section, String(index), 'channel'],
      })),
    );
  const named = [...namedIn('texts'), ...namedIn('channelMedia')].filter(({ channel }) => channel !== '');
  if (named.length === 0) return;
  const missing = new Set(await missingChannels(tx, [...new Set(named.map(({ channel }) => channel))]));
  for (const { productId, channel, path } of named)
    if (missing.has(channel)) refuse(productId, `There is no channel "${cleanLine(channel.slice(0, 40))}".`, path);
};

const checkCategories: Check = async (tx, planned, refuse) => {
  const changed = planned.filter((plan) => changedIn(plan, 'categoryIds'));
  const ids = [...new Set(changed.flatMap(({ sections }) => sections.categoryIds ?? []))];
  if (ids.length === 0) return;
  const missing = new Set(await missingCategories(tx, ids));
  for (const { kept, sections } of changed) {
    const index = sections.categoryIds!.findIndex((id) => missing.has(id));
    if (index >= 0)
      refuse(kept.productId, `There is no category with the id ${sections.categoryIds![index]}.`, [
        'categoryIds',
        String(index),
      ]);
  }
};

const checkReferences: Check = async (tx, planned, refuse) => {
  const references = planned.flatMap(({ core }) => core.references);
  if (references.length === 0) return;
  const keyOf = ({ kind, id }: { kind: string; id: string }) => `${kind} ${id}`;
  const missing = new Set((await missingReferences(tx, references)).map(keyOf));
  for (const { kept, core } of planned) {
    const gone = core.references.find((reference) => missing.has(keyOf(reference)));
    if (gone) refuse(kept.productId, `There is no ${gone.kind.toLowerCase()} with the id ${gone.id}.`, gone.path);
  }
};

const checkBundles: Check = async (tx, planned, refuse) => {
  const removals = planned.flatMap(({ kept, core }) => {
    const staying = new Set(core.variants.map(({ variantId }) => variantId));
    const variantIds = kept.variants.flatMap(({ variantId }) => (staying.has(variantId) ? [] : [variantId]));
    return variantIds.length > 0 ? [{ productId: kept.productId, variantIds }] : [];
  });
  if (removals.length === 0) return;
  const uses = await readUses(
    tx,
    removals.flatMap(({ variantIds }) => variantIds),
  );
  const held = heldProducts(removals, uses);
  for (const { kept } of planned) {
    const variant = kept.variants.find(({ variantId }) => variantId === held.get(kept.productId));
    if (variant)
      refuse(
        kept.productId,
        `The variant ${nameOfVariant(variant.optionValues)} is a component of a bundle and would be removed: change the bundle first.`,
        ['variants'],
      );
  }
};

const checkSuccessors: Check = async (tx, planned, refuse) => {
  const successorIn = ({ relations }: SomeSections) =>
    relations?.find(({ kind }) => kind === 'SUCCESSOR')?.productIds[0] ?? null;
  const changed = planned.filter((plan) => changedIn(plan, 'relations'));
  const wanted = new Map(changed.map(({ kept, sections }) => [kept.productId, successorIn(sections)]));
  const followers = [...wanted.values()].filter((id) => id !== null);
  if (followers.length === 0) return;
  await lockSuccessors(tx);
  for (const productId of inCircles(wanted, await readSuccessors(tx, followers, MAX_SUCCESSORS)))
    refuse(productId, `The successors would lead back to the product, or there would be more than ${MAX_SUCCESSORS}.`, [
      'relations',
    ]);
};

const changedIn = ({ keptSections, sections }: PlannedProduct, name: 'categoryIds' | 'relations'): boolean =>
  changedSections(keptSections, sections).includes(name);
