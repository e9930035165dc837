import { inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import {
  findProductIdsByHandle,
  insertMissingCollections,
  lockCollections,
  writeCollections,
  type KeptCollection,
} from '../data/collections.ts';
import { acceptDescription, acceptTitle, isHandle } from '../domain/editing/accept-line.ts';
import { ruleReason } from '../domain/editing/rule.ts';
import { announceCollections, movedBetween } from './collections/collection-events.ts';
import { foldText, isStorable } from '../domain/text.ts';
import { sanitiseHtml } from '../sanitise-html.ts';

const MAX_COLLECTIONS = 100;
const MAX_PRODUCTS = 10_000;
const NAMED_IN_FAULT = 5;

/** A collection as somebody wants it. */
export interface CollectionInput {
  readonly handle: string;
  readonly title: string;
  readonly descriptionHtml: string;
  readonly productHandles: readonly string[];
}

/**
 * Makes or replaces collections by handle, all or none. Those that are so already keep their version and emit nothing; one that goes by a
 * rule gets the texts alone.
 * @returns ids aligned with the input. @throws GraphQLError BAD_USER_INPUT for the first rule that is broken, such as an unknown product
 */
export async function upsertCollections(db: Database, collections: readonly CollectionInput[]): Promise<string[]> {
  if (collections.length > MAX_COLLECTIONS)
    throw badInput(`At most ${MAX_COLLECTIONS} collections at once, not ${collections.length}.`, [
      'input',
      'collections',
    ]);
  const handles = collections.map(({ handle }) => handle);
  if (new Set(handles).size !== handles.length) throw badInput('A collection occurs twice.', ['input', 'collections']);
  const texts = collections.map(acceptTexts);
  return inTransaction(db, async (tx) => {
    const products = await resolveProducts(tx, collections);
    const wanted = texts.map((text, index) => ({ ...text, collectionId: newId(), productIds: products[index]! }));
    await insertMissingCollections(tx, wanted);
    const kept = new Map((await lockCollections(tx, handles)).map((row) => [row.handle, row]));
    const aligned = wanted.map((content): KeptCollection => {
      const { collectionId, productIds } = kept.get(content.handle)!;
      // What goes by a rule keeps it, and its products with it.
      return { ...content, collectionId, productIds: productIds === null ? null : content.productIds };
    });
    const changed = aligned.filter((content) => {
      const before = kept.get(content.handle)!;
      const isNew = wanted.some(({ collectionId }) => collectionId === before.collectionId);
      return isNew || !sameCollection(before, content);
    });
    if (changed.length > 0) {
      const rows = await writeCollections(tx, changed);
      await announceCollections(
        tx,
        rows.map((row) => ({ ...row, productIds: movedProducts(kept.get(row.handle)!, changed) })),
      );
    }
    return aligned.map(({ collectionId }) => collectionId);
  });
}

function acceptTexts({ handle, title, descriptionHtml, productHandles }: CollectionInput, index: number) {
  const path = ['input', 'collections', String(index)];
  if (!isHandle(handle)) throw badInput(`"${handle.slice(0, 40)}" is not a handle.`, [...path, 'handle']);
  if (productHandles.length > MAX_PRODUCTS)
    throw badInput(`A collection holds at most ${MAX_PRODUCTS} products.`, [...path, 'productHandles']);
  try {
    const clean = acceptTitle(title);
    return {
      handle,
      title: clean,
      titleKey: foldText(clean),
      descriptionHtml: acceptDescription(descriptionHtml, sanitiseHtml),
    };
  } catch (error) {
    throw badInput(`${handle}: ${ruleReason(error)}`, path);
  }
}

/** Ids of each collection's products, in order, each once. */
async function resolveProducts(tx: Tx, collections: readonly CollectionInput[]): Promise<string[][]> {
  const handles = [...new Set(collections.flatMap(({ productHandles }) => productHandles))];
  const ids = await findProductIdsByHandle(tx, handles.filter(isStorable));
  const unknown = handles.filter((handle) => !ids.has(handle));
  if (unknown.length > 0)
    throw badInput(
      `There is no product ${unknown
        .slice(0, NAMED_IN_FAULT)
        .map((handle) => `"${handle.slice(0, 60)}"`)
        .join(', ')} (${unknown.length} unknown in all).`,
      ['input', 'collections'],
    );
  return collections.map(({ productHandles }) => [...new Set(productHandles)].map((handle) => ids.get(handle)!));
}

const sameCollection = (before: KeptCollection, after: KeptCollection): boolean => {
  const compared = ({ title, descriptionHtml, productIds }: KeptCollection) =>
    JSON.stringify([title, descriptionHtml, productIds]);
  return compared(before) === compared(after);
};

/** The products that a collection takes in or lets go. */
function movedProducts(before: KeptCollection, changed: readonly KeptCollection[]): string[] {
  const after = changed.find(({ handle }) => handle === before.handle)?.productIds ?? [];
  return movedBetween(before.productIds ?? [], after);
}
