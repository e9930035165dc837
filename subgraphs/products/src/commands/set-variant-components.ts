import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound, versionConflict } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { lockProductsOfVariants, readComponents, readPlaces, writeComponents } from '../data/bundles.ts';
import { touchProducts } from '../data/product-writes.ts';
import {
  acceptComponents,
  byComponentId,
  checkPlaces,
  sameComponents,
  type BrokenBundle,
  type Component,
} from '../domain/bundle-rules.ts';
import { serviceAuthor, type Author } from '../domain/author.ts';
import { announceBundles } from './bundle-events.ts';
import { announceProducts } from './product-events.ts';

/** What a variant shall consist of; nothing makes it an ordinary variant. */
export interface ComponentsInput {
  readonly variantId: string;
  readonly components: readonly Component[];
  /** The version of the variant's product that the caller has seen. */
  readonly expectedVersion?: number | null | undefined;
}

const noComponent = ({ variantId }: Component, index: number) =>
  notFound(`There is no variant with the id ${variantId.slice(0, 40)}.`, [
    'input',
    'components',
    String(index),
    'variantId',
  ]);
const refused = ({ code, message, path }: BrokenBundle) => invalidInput(code, message, ['input', ...path]);

/**
 * Replaces the list of what a variant consists of, all or nothing; its product counts a version on. What is so already keeps its
 * version and emits nothing.
 */
export async function setVariantComponents(
  db: Database,
  input: ComponentsInput,
  author: Author = serviceAuthor('variantComponentsSet'),
) {
  const { expectedVersion = null } = input;
  const gone = notFound('There is no variant with this id.', ['input', 'variantId']);
  if (!isId(input.variantId)) return gone;
  const bundleId = input.variantId.toLowerCase();
  const accepted = acceptComponents(bundleId, input.components);
  if ('broken' in accepted) return refused(accepted.broken);
  const { components } = accepted;
  const variantIds = [bundleId, ...components.map(({ variantId }) => variantId).filter(isId)];
  return inTransaction(db, async (tx) => {
    // All that are involved, before anything is read: of two commands that put A into B and B into A, the second one sees what the first
    // one made, and so do two that fill the last place of one component.
    await lockProductsOfVariants(tx, variantIds);
    const places = new Map((await readPlaces(tx, bundleId, variantIds)).map((place) => [place.variantId, place]));
    const own = places.get(bundleId);
    if (!own) return gone;
    if (expectedVersion !== null && own.version !== expectedVersion) return versionConflict('The product', own.version);
    const unknown = components.findIndex(({ variantId }) => !places.has(variantId));
    if (unknown >= 0) return noComponent(components[unknown]!, unknown);
    const broken = checkPlaces(own, components, places);
    if (broken) return refused(broken);
    const saved = { __typename: 'VariantComponentsSaved' as const, variantId: bundleId, productId: own.productId };
    if (sameComponents(await readComponents(tx, bundleId), components)) return saved;
    await writeComponents(tx, bundleId, components);
    await touchProducts(tx, [own.productId]);
    await announceProducts(tx, [own.productId], author);
    await announceBundles(tx, [{ variantId: bundleId, components: components.toSorted(byComponentId) }]);
    return saved;
  });
}
