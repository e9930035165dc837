import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Database, migrate, openDatabase, provision, type DatabaseOptions } from '@kontor/kit/src/database.ts';
import { startEmbeddedPostgres } from '@kontor/kit/src/embedded-postgres.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { ANYBODY, type PriceScope } from '@kontor/prices/src/domain/pricing-context.ts';
import type { GoodsTarget } from '@kontor/prices/src/domain/promotions/promotion.ts';
import { givens } from '@kontor/prices/src/testing/open-prices.ts';

const MIGRATIONS = fileURLToPath(new URL('../../../drizzle/prices/migrations', import.meta.url));
const VARIANTS_PER_PRODUCT = 3;
const LABELS = 20;

/** A database of prices of its own, for one part of the scenario. */
export interface PriceWorld {
  readonly db: Database;
  /** Another pool of the same database. */
  open(options?: Partial<DatabaseOptions>): Database;
  readonly given: ReturnType<typeof givens>;
  /** Writes out what was filled, and tells the planner of it. */
  settle(): Promise<void>;
}

/** What is in a world, and who asks. */
export interface Assortment {
  readonly variantIds: readonly string[];
  readonly categoryIds: readonly string[];
  /** A buyer of three groups, whose lists hold every variant. */
  readonly scope: PriceScope;
}

/** Runs work in a PostgreSQL of its own, which is gone afterwards. */
export async function inPriceWorld(
  work: (open: (name: string) => Promise<PriceWorld>) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kontor-prices-'));
  await chmod(folder, 0o755);
  const postgres = await startEmbeddedPostgres({ folder: join(folder, 'db'), port: 0 });
  const opened: Database[] = [];
  try {
    const owner = openDatabase({ url: postgres.url, name: 'prices-bench-owner', max: 1 });
    opened.push(owner);
    await work(async (name) => {
      await owner.sql.unsafe(`create database ${name}`);
      const home = new URL(postgres.url);
      home.pathname = `/${name}`;
      const { prices: url } = await provision(home.href, ['prices']);
      await migrate(url!, 'prices', MIGRATIONS);
      const open = (options: Partial<DatabaseOptions> = {}) => {
        const db = openDatabase({ url: url!, name: `${name}-bench`, ...options });
        opened.push(db);
        return db;
      };
      const db = open();
      const settle = async () => {
        await db.sql`vacuum analyze`;
        await owner.sql`checkpoint`;
      };
      const given = givens(db);
      await given.clear();
      return { db, open, given, settle };
    });
  } finally {
    await Promise.all(opened.map((each) => each.close()));
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Fills a world: a base list, a list of the channel and so many lists of groups, each of which holds every variant. Products of three variants in a tree of
 * categories, with labels. The buyer is in three of the groups, whatever their number.
 */
export async function fillAssortment(
  { db, given }: PriceWorld,
  { variants, lists }: { readonly variants: number; readonly lists: number },
): Promise<Assortment> {
  const variantIds = Array.from({ length: variants }, newId);
  const categoryIds = Array.from({ length: 60 }, newId);
  await given.givenCategories(
    Object.fromEntries(categoryIds.map((id, index) => [id, index < 6 ? null : categoryIds[Math.floor(index / 6)]!])),
  );
  await given.givenTaxRates([
    { country: 'DE', basisPoints: 1_900 },
    { country: 'DE', taxCategory: 'books', basisPoints: 700 },
  ]);
  await given.givenList({ code: 'web-eur', scope: 'CHANNEL', channel: 'web' });
  for (let group = 0; group < lists - 2; group += 1)
    await given.givenList({ code: `group-${group}`, scope: 'GROUP', subject: `group-${group}` });
  await fillFacts(db, variantIds, categoryIds);
  await db.sql`
    insert into prices.prices (price_list_id, variant_id, min_quantity, amount_minor, amount_micros, compare_at_minor, since)
    select l.price_list_id, f.variant_id, 1, 1000 + (hashtext(f.variant_id::text || l.code) & 65535), 0, 80000, now()
    from prices.price_lists l cross join prices.variant_facts f`;
  const groups = [0, 1, 2].map((group) => `group-${group}`);
  const scope = { channel: 'web', currency: null, country: null, region: null, buyer: { ...ANYBODY, groups } };
  return { variantIds, categoryIds, scope };
}

async function fillFacts(db: Database, variantIds: readonly string[], categoryIds: readonly string[]): Promise<void> {
  const products = Array.from({ length: Math.ceil(variantIds.length / VARIANTS_PER_PRODUCT) }, (_, index) => ({
    id: newId(),
    category: categoryIds[index % categoryIds.length]!,
    labels: [
      `vendor:Maker ${index % 40}`,
      `tag:t${index % LABELS}`,
      `tag:u${index % 7}`,
      `attribute:colour=c${index % 12}`,
    ],
    variants: variantIds.slice(index * VARIANTS_PER_PRODUCT, (index + 1) * VARIANTS_PER_PRODUCT),
  }));
  const rows = JSON.stringify(products);
  await db.sql`
    insert into prices.product_facts (product_id, revision, title, category_ids, labels)
    select id, 1, 'Product', array[category], array(select jsonb_array_elements_text(labels))
    from jsonb_to_recordset(${rows}::text::jsonb) as r(id uuid, category uuid, labels jsonb)`;
  await db.sql`
    insert into prices.variant_facts (variant_id, product_id, sku, tax_category, weight_grams)
    select v::uuid, id, null, 'standard', 400
    from jsonb_to_recordset(${rows}::text::jsonb) as r(id uuid, variants jsonb), jsonb_array_elements_text(variants) as v`;
}

const NOTHING = { variantIds: [], productIds: [], categoryIds: [], labels: [] };
const target = (named: Partial<GoodsTarget>): GoodsTarget => ({ ...NOTHING, exclude: NOTHING, ...named });

/** Makes so many promotions of all kinds and targets: a third on unit prices, most of which mean few of the variants. */
export async function fillPromotions(
  { given }: PriceWorld,
  { variantIds, categoryIds }: Assortment,
  count: number,
): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const named = [
      { categoryIds: [categoryIds[index % categoryIds.length]!] },
      { labels: [`tag:t${index % LABELS}`] },
      { variantIds: variantIds.slice(index, index + 5) },
      { labels: [`vendor:Maker ${index % 40}`] },
    ][index % 4]!;
    const goods = target(named);
    const effects = [
      { kind: 'PERCENT', target: goods, basisPoints: 500 + index },
      { kind: 'AMOUNT', target: goods, off: { EUR: 50 + index } },
      { kind: 'BUY_GET', buy: goods, buyQuantity: 2, get: goods, getQuantity: 1, basisPoints: 10_000, maxTimes: null },
      { kind: 'CART_PERCENT', target: goods, basisPoints: 300 },
      { kind: 'CART_AMOUNT', target: target({}), off: { EUR: 500 } },
      { kind: 'FREE_SHIPPING', optionCodes: [] },
    ] as const;
    await given.givenPromotion({
      code: `promotion-${index}`,
      effect: effects[index % effects.length]!,
      priority: index % 5,
      combinesWith: index % 3 === 0 ? ['PRODUCT', 'ORDER', 'SHIPPING'] : ['SHIPPING'],
      conditions: index % 6 === 4 ? { minSubtotal: { EUR: 5_000 + index * 100 } } : {},
    });
  }
}
