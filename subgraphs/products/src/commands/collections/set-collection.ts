import { brokenConstraint, inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound, versionConflict } from '@kontor/kit/src/errors.ts';
import { isId, newId } from '@kontor/kit/src/ids.ts';
import { missingCategories } from '../../data/categories/product-categories.ts';
import {
  countRuled,
  knownProducts,
  lockCollection,
  readMembers,
  writeCollection,
  writeMembers,
  type LockedCollection,
} from '../../data/collections/collection-writes.ts';
import { beginSweeps, endSweep } from '../../data/collections/sweeps.ts';
import { acceptCollection, sameValue, type CollectionInput } from '../../domain/collections/accept-collection.ts';
import { categoriesOf } from '../../domain/collections/read-rule.ts';
import { inKeyOrder, sameJson } from '../../domain/editing/key-order.ts';
import { sanitiseHtml } from '../../sanitise-html.ts';
import { announceCollections, movedBetween } from './collection-events.ts';

/** The rules of all collections are asked of every product that changes. */
const MAX_RULED = 200;
const MAX_PRODUCTS = 5_000;

/** A collection as somebody wants it. */
export interface CollectionChange extends CollectionInput {
  /** Null makes one. */
  readonly id?: string | null | undefined;
  /** All products of a hand-picked one, in order; absent when they stay. */
  readonly productIds?: readonly string[] | null | undefined;
  readonly expectedVersion?: number | null | undefined;
}

type Refusal = ReturnType<typeof invalidInput> | ReturnType<typeof notFound> | ReturnType<typeof versionConflict>;

export type CollectionOutcome = { readonly __typename: 'CollectionSaved'; readonly collectionId: string } | Refusal;

/** Thrown to undo what was written before something refused it. */
class Refused extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/**
 * Makes a collection or changes one. With another rule, the whole catalogue is decided anew beside requests; without a rule, it keeps the
 * products that it has until others are named. One that is so already keeps its version and emits nothing.
 */
export async function setCollection(db: Database, input: CollectionChange): Promise<CollectionOutcome> {
  const gone = notFound('There is no collection with this id.', ['input', 'id']);
  if (input.id != null && !isId(input.id)) return gone;
  const productIds = acceptProductIds(input.productIds ?? null);
  if (productIds !== null && '__typename' in productIds) return productIds;
  try {
    return await inTransaction(db, async (tx): Promise<CollectionOutcome> => {
      const before = input.id == null ? null : await lockCollection(tx, input.id);
      if (input.id != null && before === null) return gone;
      const seen = input.expectedVersion ?? null;
      if (seen !== null && seen !== (before?.version ?? 0))
        return versionConflict('The collection', before?.version ?? 0);
      const accepted = acceptCollection(input, before?.value ?? null, sanitiseHtml);
      if ('broken' in accepted)
        return invalidInput('INVALID_COLLECTION', accepted.broken.message, ['input', ...accepted.broken.path]);
      const after: LockedCollection = {
        collectionId: before?.collectionId ?? newId(),
        version: (before?.version ?? 0) + 1,
        value: accepted.result,
      };
      if (after.value.rule !== null && productIds !== null)
        return invalidInput('HAS_RULE', 'A collection that goes by a rule takes no products by hand.', [
          'input',
          'productIds',
        ]);
      await save(tx, before, after, productIds);
      return { __typename: 'CollectionSaved', collectionId: after.collectionId };
    });
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    if (brokenConstraint(error) === 'collections_handle_key')
      return invalidInput('HANDLE_TAKEN', 'Another collection has this handle.', ['input', 'handle']);
    throw error;
  }
}

/** Ids of products, each once; null when they stay. */
function acceptProductIds(given: readonly string[] | null): readonly string[] | Refusal | null {
  if (given === null) return null;
  const path = ['input', 'productIds'];
  if (given.length > MAX_PRODUCTS)
    return invalidInput('TOO_MANY', `A collection holds at most ${MAX_PRODUCTS} products that were picked.`, path);
  const ill = given.find((id) => !isId(id));
  return ill === undefined ? [...new Set(given.map((id) => id.toLowerCase()))] : noProduct(ill);
}

const noProduct = (id: string) =>
  notFound(`There is no product with the id ${id.slice(0, 40)}.`, ['input', 'productIds']);

async function save(
  tx: Tx,
  before: LockedCollection | null,
  after: LockedCollection,
  productIds: readonly string[] | null,
): Promise<void> {
  const members = productIds === null ? null : await changedMembers(tx, before, productIds);
  if (before !== null && members === null && sameValue(before.value, after.value)) return;
  await writeCollection(tx, after);
  if (members !== null) await writeMembers(tx, after.collectionId, productIds!);
  await followRule(tx, before, after);
  const { collectionId, version } = after;
  await announceCollections(tx, [{ collectionId, version, handle: after.value.handle, productIds: members ?? [] }]);
}

/** The products that the collection takes in or lets go; null when it has exactly these, in this order. */
async function changedMembers(
  tx: Tx,
  before: LockedCollection | null,
  productIds: readonly string[],
): Promise<string[] | null> {
  const current = before === null ? [] : await readMembers(tx, before.collectionId);
  if (before !== null && sameJson(current, productIds)) return null;
  const known = await knownProducts(tx, productIds);
  const missing = productIds.find((id) => !known.has(id));
  if (missing !== undefined) throw new Refused(noProduct(missing));
  return movedBetween(current, productIds);
}

/** Has a rule that is new asked of the whole catalogue; one that is gone, no more. */
async function followRule(tx: Tx, before: LockedCollection | null, after: LockedCollection): Promise<void> {
  const [had, has] = [before?.value.rule ?? null, after.value.rule];
  if (sameJson(inKeyOrder(had), inKeyOrder(has))) return;
  if (has === null) return endSweep(tx, after.collectionId);
  const path = ['input', 'rule', 'conditions'];
  const [missing] = await missingCategories(tx, categoriesOf(has));
  if (missing !== undefined)
    throw new Refused(invalidInput('UNKNOWN_CATEGORY', `There is no category with the id ${missing}.`, path));
  // Two at once may both find room for one: the bound keeps the work small, and one more does no harm.
  if (had === null && (await countRuled(tx)) > MAX_RULED)
    throw new Refused(invalidInput('TOO_MANY', `At most ${MAX_RULED} collections go by a rule.`, ['input', 'rule']));
  await beginSweeps(tx, [after.collectionId]);
}
