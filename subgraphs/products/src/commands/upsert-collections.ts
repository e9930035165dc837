import { inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import {
  findProductIdsByHandle,
  insertMissingCollections,
  lockCollections,
  writeCollections,
  type CollectionContent,
} from '../data/collections.ts';
import { acceptDescription, acceptTitle, isHandle, ruleReason } from '../domain/product-rules.ts';
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
 * Makes or replaces collections by handle, all or none. Those that are so already keep their version and emit nothing.
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
    const aligned = wanted.map((content) => ({ ...content, collectionId: kept.get(content.handle)!.collectionId }));
    const changed = aligned.filter((content) => {
      const before = kept.get(content.handle)!;
      const isNew = wanted.some(({ collectionId }) => collectionId === before.collectionId);
      return isNew || !sameCollection(before, content);
    });
    if (changed.length > 0) await announce(tx, await writeCollections(tx, changed));
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

const sameCollection = (before: CollectionContent, after: CollectionContent): boolean => {
  const compared = ({ title, descriptionHtml, productIds }: CollectionContent) =>
    JSON.stringify([title, descriptionHtml, productIds]);
  return compared(before) === compared(after);
};

const announce = (tx: Tx, rows: readonly { collectionId: string; handle: string; version: number }[]) =>
  appendEvents(
    tx,
    'products',
    rows.map(({ collectionId, handle, version }) => ({
      topic: 'products.collection.changed',
      key: collectionId,
      payload: { collectionId, revision: version, handle, cacheTags: [`collection:${collectionId}`] },
    })),
  );
