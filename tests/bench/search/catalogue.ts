import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { setChannel } from '@kontor/products/src/commands/set-channel.ts';
import { writeOffers } from '@kontor/products/src/data/search/offers.ts';
import { writePopularity } from '@kontor/products/src/data/search/popularity.ts';
import { refreshSearch } from '@kontor/products/src/data/search/refresh.ts';
import { foldText } from '@kontor/products/src/domain/text.ts';

export const PRODUCTS = 100_000;
const BATCH = 1_000;
const CATEGORIES = 120;
const CHANNELS = ['web', 'pos', 'b2b'];
const MATERIALS = [
  'wool',
  'cotton',
  'linen',
  'silk',
  'leather',
  'denim',
  'nylon',
  'velvet',
  'canvas',
  'suede',
  'fleece',
  'tweed',
];
const COLOURS = [
  'black',
  'white',
  'red',
  'green',
  'blue',
  'navy',
  'olive',
  'sand',
  'grey',
  'rose',
  'amber',
  'plum',
  'teal',
  'rust',
  'ivory',
  'mint',
  'coral',
  'lilac',
  'ochre',
  'slate',
];
const THINGS = [
  'jacket',
  'coat',
  'shirt',
  'trousers',
  'skirt',
  'dress',
  'sweater',
  'scarf',
  'glove',
  'hat',
  'boot',
  'sandal',
  'belt',
  'bag',
  'sock',
  'vest',
  'hoodie',
  'blouse',
  'shorts',
  'cardigan',
];
const SIZES = ['XS', 'S', 'M', 'L', 'XL'];
const WORDS = [
  'made',
  'soft',
  'warm',
  'light',
  'winter',
  'summer',
  'city',
  'outdoor',
  'pocket',
  'lining',
  'button',
  'zip',
  'hem',
  'seam',
  'classic',
  'modern',
  'relaxed',
  'fitted',
  'season',
  'colour',
];

/** What is searched for: words that each stand in about 5,000 products, in titles, in labels, or in descriptions, also unfinished. */
export const QUERIES = ['olive', 'jackets', 'plum', 'ochre', 'sweat', 'cardigan', 'sandals', 'rose', 'skirts', 'slate'];

/** Numbers that look random and are the same in every run. */
function createDraws(): (below: number) => number {
  let state = 88_172_645;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Fills a database with 100,000 products of three variants, ten labels, two options, a category, prices and availability. */
export async function fillCatalogue(db: Database): Promise<void> {
  for (const code of CHANNELS)
    await setChannel(
      db,
      { code, name: code, currencies: ['EUR'], countries: ['DE'], locales: ['en', 'de'], locationIds: [] },
      null,
    );
  const categories = Array.from({ length: CATEGORIES }, () => newId());
  await db.sql`
    insert into products.categories (category_id, parent_id, handle, name, position, version, updated_at)
    select c.id, case when c.n > 8 then (${categories}::uuid[])[(c.n / 8)::int] end, 'bench-' || c.n, 'Category ' || c.n, c.n, 1, now()
    from unnest(${categories}::uuid[]) with ordinality as c(id, n)`;
  const draw = createDraws();
  for (let from = 0; from < PRODUCTS; from += BATCH) {
    const rows = Array.from({ length: BATCH }, (_, place) => makeProduct(from + place, draw, categories));
    await inTransaction(db, async (tx) => {
      await insert(db, rows);
      await refreshSearch(
        tx,
        rows.map(({ id }) => id),
      );
    });
    for (const channel of CHANNELS)
      await inTransaction(db, (tx) =>
        writeOffers(
          tx,
          channel,
          rows.map(({ id, priceMinor, place }) => ({
            productId: id,
            isSellable: place % 6 > 0,
            prices: [{ currency: 'EUR', minMinor: priceMinor, maxMinor: priceMinor + 500 }],
          })),
        ),
      );
    await inTransaction(db, (tx) =>
      writePopularity(
        tx,
        rows.filter(({ place }) => place % 3 === 0).map(({ id, place }) => ({ productId: id, popularity: place % 97 })),
      ),
    );
  }
  await db.sql`vacuum analyze products.search_documents`;
  await db.sql`analyze`;
}

function makeProduct(place: number, draw: (below: number) => number, categories: readonly string[]) {
  const pick = <Item>(list: readonly Item[]) => list[draw(list.length)]!;
  const colour = pick(COLOURS);
  const thing = pick(THINGS);
  const title = `${pick(MATERIALS)} ${draw(3) === 0 ? colour : 'plain'} ${thing} ${place}`;
  const start = draw(SIZES.length - 2);
  return {
    id: newId(),
    place,
    handle: `bench-${place}`,
    title,
    titleKey: foldText(title),
    description: `<p>${Array.from({ length: 40 }, () => pick(WORDS)).join(' ')}.</p>`,
    vendor: `Maker ${draw(80)}`,
    productType: thing,
    tags: [...new Set([colour, ...Array.from({ length: 9 }, () => `label ${draw(400)}`)])].sort(),
    categoryId: pick(categories),
    sizes: SIZES.slice(start, start + 3),
    colour,
    priceMinor: 900 + draw(40_000),
  };
}

/** Writes products as they are, without the history and the events that a command would write with them. */
async function insert(db: Database, rows: readonly ReturnType<typeof makeProduct>[]): Promise<void> {
  const given = JSON.stringify(rows);
  const variants = JSON.stringify(
    rows.flatMap(({ id, sizes, colour, place }) =>
      sizes.map((size, position) => ({
        variantId: newId(),
        id,
        position,
        values: [size, colour],
        sku: `B-${place}-${size}`,
      })),
    ),
  );
  await db.sql`
    insert into products.products (product_id, handle, title, title_key, description_html, vendor, product_type, tags, option_names, version, created_at, updated_at)
    select id, handle, title, "titleKey", description, vendor, "productType", tags, array['Size', 'Colour'], 1, now(), now()
    from jsonb_to_recordset(${given}::text::jsonb) as r(id uuid, handle text, title text, "titleKey" text, description text, vendor text, "productType" text, tags text[])`;
  await db.sql`
    insert into products.variants (variant_id, product_id, position, option_values, sku)
    select "variantId", id, position, values, sku from jsonb_to_recordset(${variants}::text::jsonb) as r("variantId" uuid, id uuid, position int, values text[], sku text)`;
  await db.sql`
    insert into products.product_categories (product_id, category_id, position)
    select id, "categoryId", 0 from jsonb_to_recordset(${given}::text::jsonb) as r(id uuid, "categoryId" uuid)`;
  await db.sql`
    insert into products.publications (channel_code, product_id, published_at)
    select c.code, r.id, now() from jsonb_to_recordset(${given}::text::jsonb) as r(id uuid) cross join products.channels c`;
}
