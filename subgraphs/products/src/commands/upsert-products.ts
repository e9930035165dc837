import { inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { dissolveBundles, readUses } from '../data/bundles.ts';
import { missingChannels } from '../data/channels.ts';
import {
  insertProducts,
  knownHandles,
  lockProducts,
  removeRows,
  touchProducts,
  updateProducts,
  writeMedia,
  writeVariants,
} from '../data/product-writes.ts';
import { publish, unpublish } from '../data/publications.ts';
import { heldProducts } from '../domain/bundle-removal.ts';
import { compareProduct, type KeptProduct, type ProductDifference } from '../domain/product-difference.ts';
import { acceptProduct, type AcceptedProduct, type ProductInput } from '../domain/product-rules.ts';
import { serviceAuthor, type Author } from '../domain/author.ts';
import { isStorable } from '../domain/text.ts';
import { variantTitle } from '../domain/variant-title.ts';
import { sanitiseHtml } from '../sanitise-html.ts';
import { announceBundles } from './bundle-events.ts';
import { announceProducts } from './product-events.ts';

const MAX_PRODUCTS = 500;
const MAX_CHANNELS = 100;

/** What became of one product. */
export interface UpsertResult {
  readonly handle: string;
  readonly outcome: 'CREATED' | 'UPDATED' | 'UNCHANGED' | 'REJECTED';
  readonly productId: string | null;
  readonly variantIds: string[];
  readonly reason: string | null;
}

/**
 * Makes or changes products by handle, in one transaction with a constant number of statements. A product that breaks a rule is
 * rejected and the others are kept; one that is so already keeps its version and emits nothing. Variants keep their id by option values,
 * and with it what they consist of.
 * @returns results aligned with the input. @throws GraphQLError BAD_USER_INPUT for too many products or an unknown channel
 */
export async function upsertProducts(
  db: Database,
  products: readonly ProductInput[],
  publishIn: readonly string[],
  author: Author = serviceAuthor('productsUpsert'),
): Promise<UpsertResult[]> {
  if (products.length > MAX_PRODUCTS)
    throw badInput(`At most ${MAX_PRODUCTS} products at once, not ${products.length}.`, ['input', 'products']);
  if (publishIn.length > MAX_CHANNELS || !publishIn.every(isStorable))
    throw badInput(`publishIn names at most ${MAX_CHANNELS} channels.`, ['input', 'publishIn']);
  const channels = [...new Set(publishIn)].sort();
  const checked = check(products);
  const accepted = checked.flatMap((each) => ('product' in each ? [each.product] : []));
  const outcomes =
    accepted.length === 0
      ? new Map<string, Outcome>()
      : await inTransaction(db, (tx) => write(tx, accepted, channels, author));
  return products.map(({ handle }, index) => {
    const each = checked[index]!;
    if ('reason' in each) return { handle, outcome: 'REJECTED', productId: null, variantIds: [], reason: each.reason };
    const { created, difference, inUse } = outcomes.get(handle)!;
    if (inUse !== null) return { handle, outcome: 'REJECTED', productId: null, variantIds: [], reason: inUse };
    const outcome = created ? 'CREATED' : difference.changed ? 'UPDATED' : 'UNCHANGED';
    return { handle, outcome, productId: difference.productId, variantIds: [...difference.variantIds], reason: null };
  });
}

interface Outcome {
  readonly created: boolean;
  readonly difference: ProductDifference;
  /** Why the product has to stay as it is; null when it does not. */
  readonly inUse: string | null;
}

function check(products: readonly ProductInput[]): ({ product: AcceptedProduct } | { reason: string })[] {
  const seen = new Set<string>();
  return products.map((input) => {
    if (seen.has(input.handle)) return { reason: 'The handle occurs before in the same call.' };
    seen.add(input.handle);
    return acceptProduct(input, sanitiseHtml);
  });
}

async function write(
  tx: Tx,
  accepted: readonly AcceptedProduct[],
  channels: readonly string[],
  author: Author,
): Promise<Map<string, Outcome>> {
  const [unknown] = await missingChannels(tx, channels);
  if (unknown !== undefined) throw badInput(`There is no channel "${unknown.slice(0, 40)}".`, ['input', 'publishIn']);
  const handles = accepted.map(({ content }) => content.handle);
  // Rows of new products come first, then the locks, both in the order of the handles: two imports of the same handles then wait for
  // each other in one direction only, and the second one finds what the first one made.
  const known = await knownHandles(tx, handles);
  const fresh = accepted.filter(({ content }) => !known.has(content.handle));
  const created =
    fresh.length === 0
      ? new Set<string>()
      : await insertProducts(
          tx,
          fresh.map(({ content }) => ({ productId: newId(), ...content })),
        );
  const kept = await lockProducts(tx, handles);
  const wanted = new Map(accepted.map((product) => [product.content.handle, product]));
  const differences = kept.map((product) =>
    compareProduct(product, wanted.get(product.content.handle)!, channels, newId),
  );
  const reasons = await reasonsToStay(tx, kept, differences);
  const outcomes = new Map(
    kept.map(({ productId, content: { handle } }, index): [string, Outcome] => [
      handle,
      { created: created.has(handle), difference: differences[index]!, inUse: reasons.get(productId) ?? null },
    ]),
  );
  await apply(
    tx,
    [...outcomes.values()].filter(({ inUse }) => inUse === null),
    author,
  );
  return outcomes;
}

/** Reasons, by product, for which locked products cannot lose the variants that they should. */
async function reasonsToStay(
  tx: Tx,
  kept: readonly KeptProduct[],
  differences: readonly ProductDifference[],
): Promise<Map<string, string>> {
  const removals = differences
    .filter(({ variantsRemoved }) => variantsRemoved.length > 0)
    .map(({ productId, variantsRemoved }) => ({ productId, variantIds: variantsRemoved }));
  if (removals.length === 0) return new Map();
  const uses = await readUses(
    tx,
    removals.flatMap(({ variantIds }) => variantIds),
  );
  const held = heldProducts(removals, uses);
  return new Map(
    kept.flatMap(({ productId, variants }) => {
      const variant = variants.find(({ variantId }) => variantId === held.get(productId));
      const name = variant && variantTitle(variant.optionValues).slice(0, 100);
      return variant
        ? [[productId, `The variant ${name} is a component of a bundle and would be removed: change the bundle first.`]]
        : [];
    }),
  );
}

async function apply(tx: Tx, outcomes: readonly Outcome[], author: Author): Promise<void> {
  const changed = outcomes.filter(({ created, difference }) => created || difference.changed);
  const of = <Row>(rowsOf: (difference: ProductDifference) => readonly Row[]) =>
    changed.flatMap(({ difference }) => rowsOf(difference).map((row) => ({ ...row, productId: difference.productId })));
  const inChannels = (codesOf: (difference: ProductDifference) => readonly string[]) =>
    changed.flatMap(({ difference }) =>
      codesOf(difference).map((channelCode) => ({ productId: difference.productId, channelCode })),
    );
  const existing = changed.filter(({ created }) => !created).map(({ difference }) => difference);
  await updateProducts(
    tx,
    existing.flatMap(({ productId, content }) => (content ? [{ productId, ...content }] : [])),
  );
  await touchProducts(
    tx,
    existing.filter(({ content }) => !content).map(({ productId }) => productId),
  );
  // Images before the variants that show them; variants that go before those that may take over their option values.
  await writeMedia(
    tx,
    of(({ media }) => media),
  );
  const removed = existing.flatMap(({ variantsRemoved }) => variantsRemoved);
  const dissolved = removed.length > 0 ? await dissolveBundles(tx, removed) : [];
  await removeRows(tx, 'variants', removed);
  await writeVariants(
    tx,
    of(({ variants }) => variants),
  );
  await removeRows(
    tx,
    'media',
    existing.flatMap(({ mediaRemoved }) => mediaRemoved),
  );
  await publish(
    tx,
    inChannels((difference) => difference.publish),
  );
  await unpublish(
    tx,
    inChannels((difference) => difference.unpublish),
  );
  await announceProducts(
    tx,
    changed.map(({ difference }) => difference.productId),
    author,
  );
  await announceBundles(
    tx,
    dissolved.map((variantId) => ({ variantId, components: [] })),
  );
}
