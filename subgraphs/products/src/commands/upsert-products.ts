import { inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { missingChannels } from '../data/channels.ts';
import {
  findIdsByHandle,
  insertProducts,
  lockProducts,
  touchProducts,
  withdrawProducts,
} from '../data/product-writes.ts';
import { numberAhead, type FacetWord } from '../data/search/refresh.ts';
import { serviceAuthor, type Author } from '../domain/author.ts';
import { emptyProduct } from '../domain/editing/product-content.ts';
import type { ProductEdit } from '../domain/editing/product-edit.ts';
import type { BrokenRule } from '../domain/editing/rule.ts';
import { acceptProduct, type ProductInput } from '../domain/product-rules.ts';
import { cleanLine, isStorable } from '../domain/text.ts';
import { sanitiseHtml } from '../sanitise-html.ts';
import { announceBundles } from './bundle-events.ts';
import { checkPlans } from './editing/check-plans.ts';
import { planCore, planSections, readTypesAfter, type EditedProduct } from './editing/plan-edits.ts';
import { toWrite, writePlans, type ProductWrite } from './editing/write-plans.ts';
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

/** A product that breaks no rule by itself. */
interface Accepted {
  readonly handle: string;
  readonly published: boolean;
  readonly edit: ProductEdit;
}

/** What became of an accepted product. */
type Outcome = { readonly write: ProductWrite } | { readonly broken: BrokenRule };

/**
 * Makes or changes products by handle, in one transaction with a constant number of statements. A product that breaks a rule is
 * rejected and the others are kept; one that is so already keeps its version and emits nothing. Variants keep their id by option values,
 * and with it what they consist of. What the input does not have stays as it is.
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
  const accepted = checked.flatMap((each) => ('edit' in each ? [each] : []));
  if (accepted.length > 0)
    await numberAhead(
      db.orm,
      accepted.flatMap(({ edit }) => wordsOf(edit)),
    );
  const outcomes =
    accepted.length === 0
      ? new Map<string, Outcome>()
      : await inTransaction(db, (tx) => write(tx, accepted, channels, author));
  return products.map(({ handle }, index) => {
    const each = checked[index]!;
    const outcome = 'broken' in each ? each : outcomes.get(handle)!;
    if ('broken' in outcome)
      return { handle, outcome: 'REJECTED', productId: null, variantIds: [], reason: outcome.broken.message };
    const { plan, difference, changed } = outcome.write;
    return {
      handle,
      outcome: plan.isNew ? 'CREATED' : changed ? 'UPDATED' : 'UNCHANGED',
      productId: difference.productId,
      variantIds: [...difference.variantIds],
      reason: null,
    };
  });
}

/** The values of facets that an edit sets, as far as it says them itself. */
function wordsOf({ content, options, variants }: ProductEdit): FacetWord[] {
  const word = (facet: FacetWord['facet'], attribute: string, value: string | null | undefined): FacetWord[] =>
    value ? [{ facet, attribute, value }] : [];
  const all = variants?.kind === 'all' ? variants.variants : [];
  return [
    ...word('VENDOR', '', content.vendor),
    ...word('PRODUCT_TYPE', '', content.productType),
    ...(content.tags ?? []).flatMap((tag) => word('TAG', '', tag)),
    ...(options?.names ?? []).flatMap((name, place) =>
      [...new Set(all.map(({ optionValues }) => optionValues[place]))].flatMap((value) => word('OPTION', name, value)),
    ),
  ];
}

function check(products: readonly ProductInput[]): (Accepted | { readonly broken: BrokenRule })[] {
  const seen = new Set<string>();
  return products.map((input) => {
    const { handle, published } = input;
    if (seen.has(handle))
      return { broken: { message: 'The handle occurs before in the same call.', path: ['handle'] } };
    seen.add(handle);
    const accepted = acceptProduct(input, sanitiseHtml);
    return 'broken' in accepted ? accepted : { handle, published, edit: accepted.edit };
  });
}

async function write(
  tx: Tx,
  accepted: readonly Accepted[],
  channels: readonly string[],
  author: Author,
): Promise<Map<string, Outcome>> {
  const [unknown] = await missingChannels(tx, channels);
  if (unknown !== undefined)
    throw badInput(`There is no channel "${cleanLine(unknown.slice(0, 40))}".`, ['input', 'publishIn']);
  const outcomes = new Map<string, Outcome>();
  const edited = await makeAndLock(tx, accepted, outcomes);
  const { planned, broken } = await planSections(tx, edited, 'handles');
  for (const [productId, rule] of await checkPlans(tx, planned)) broken.set(productId, rule);
  const published = new Map(accepted.map((each) => [each.handle, each.published]));
  const writes = planned
    .filter(({ kept }) => !broken.has(kept.productId))
    .map((plan) => toWrite(plan, { channels, published: published.get(plan.kept.content.handle) ?? false }));
  for (const { kept } of edited) {
    const rule = broken.get(kept.productId);
    if (rule) outcomes.set(kept.content.handle, { broken: rule });
  }
  await withdrawProducts(
    tx,
    edited.flatMap(({ kept, isNew }) => (isNew && broken.has(kept.productId) ? [kept.productId] : [])),
  );
  for (const each of writes) outcomes.set(each.plan.kept.content.handle, { write: each });
  await commit(
    tx,
    writes.filter(({ changed }) => changed),
    author,
  );
  return outcomes;
}

/** Products whose rows are there and locked, with their columns, variants and images as they shall be. Those that break a rule go into `outcomes`. */
async function makeAndLock(tx: Tx, accepted: readonly Accepted[], outcomes: Map<string, Outcome>) {
  const handles = accepted.map(({ handle }) => handle);
  const known = await findIdsByHandle(tx, handles);
  const fresh = accepted
    .filter(({ handle }) => !known.has(handle))
    .map(({ handle, edit }) => ({ kept: emptyProduct(newId(), handle, 'ACTIVE'), edit, isNew: true }));
  // An import names the type of every product: the types are known before the products.
  const types = await readTypesAfter(tx, [
    ...fresh,
    ...accepted.map(({ handle, edit }) => ({ kept: emptyProduct('', handle, 'ACTIVE'), edit })),
  ]);
  const planAll = (products: readonly EditedProduct[]) =>
    products.flatMap((product) => {
      const planned = planCore(product, types);
      if ('wanted' in planned) return [{ ...product, core: planned.wanted }];
      outcomes.set(product.kept.content.handle, planned);
      return [];
    });
  // Rows of new products come first, then the locks, both in the order of the handles: two imports of the same handles then wait for
  // each other in one direction only, and the second one finds what the first one made.
  const freshPlans = planAll(fresh);
  const created = await insertProducts(
    tx,
    freshPlans.map(({ kept, core }) => ({ productId: kept.productId, ...core.content })),
  );
  const broken = new Set(outcomes.keys());
  const kept = await lockProducts(
    tx,
    handles.filter((handle) => !created.has(handle) && !broken.has(handle)),
  );
  const editOf = new Map(accepted.map(({ handle, edit }) => [handle, edit]));
  const existing = planAll(
    kept.map((product) => ({ kept: product, edit: editOf.get(product.content.handle)!, isNew: false })),
  );
  const found = new Set([...created, ...kept.map(({ content }) => content.handle)]);
  for (const handle of handles)
    if (!found.has(handle) && !outcomes.has(handle)) outcomes.set(handle, { broken: RENAMED });
  return [...freshPlans.filter((plan) => created.has(plan.kept.content.handle)), ...existing];
}

const RENAMED: BrokenRule = {
  message: 'The product got another handle at this moment: repeat the row.',
  path: ['handle'],
};

async function commit(tx: Tx, writes: readonly ProductWrite[], author: Author): Promise<void> {
  const dissolved = await writePlans(tx, writes);
  const idsOf = (chosen: readonly ProductWrite[]) => chosen.map(({ difference }) => difference.productId);
  await touchProducts(tx, idsOf(writes.filter(({ plan }) => !plan.isNew)));
  await announceProducts(tx, idsOf(writes), author);
  await announceBundles(
    tx,
    dissolved.map((variantId) => ({ variantId, components: [] })),
  );
}
