import type { Tx } from '@kontor/kit/src/database.ts';
import { sql, type SQL } from 'drizzle-orm';
import type {
  KeptChannelMedia,
  KeptRelations,
  KeptText,
  SectionContents,
  SectionName,
} from '../../domain/editing/product-content.ts';
import { writeCategoriesOfProducts } from '../categories/product-categories.ts';

type Rows<Row> = Row & Record<string, unknown>;

/** What belongs to locked products in a table of its own: one statement to read it, one to write it, for any number of products. */
export interface Section<Content extends readonly unknown[]> {
  /** By product; those that have nothing are left out. */
  read(tx: Tx, productIds: readonly string[]): Promise<Map<string, Content>>;
  /** Makes it exactly this. */
  write(tx: Tx, products: readonly { readonly productId: string; readonly content: Content }[]): Promise<void>;
}

const idsOf = (ids: readonly string[]) => sql`(select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb)::uuid)`;

function groupBy<Row extends { productId: string }, Content>(
  rows: readonly Row[],
  toContent: (rows: Row[]) => Content,
): Map<string, Content> {
  return new Map([...Map.groupBy(rows, (row) => row.productId)].map(([id, mine]) => [id, toContent(mine)]));
}

/** All rows of the products, as JSON: what is not among them goes. */
const listOf = <Row extends object>(
  products: readonly { readonly productId: string; readonly content: readonly Row[] }[],
  toRows: (row: Row) => object[],
) =>
  JSON.stringify(
    products.flatMap(({ productId, content }) => content.flatMap(toRows).map((row) => ({ ...row, productId }))),
  );

const texts: Section<readonly KeptText[]> = {
  async read(tx, productIds) {
    const rows = await tx.execute<Rows<KeptText & { productId: string }>>(sql`
      select product_id as "productId", channel_code as channel, locale, title, description_html as "descriptionHtml", seo_title as "seoTitle",
        seo_description as "seoDescription"
      from products.product_texts where product_id in ${idsOf(productIds)} order by product_id, channel_code, locale`);
    return groupBy(rows, (mine) => mine.map(({ productId: _, ...text }) => text as KeptText));
  },
  async write(tx, products) {
    await tx.execute(sql`
      with wanted as materialized (
        select * from jsonb_to_recordset(${listOf(products, (text) => [text])}::jsonb) as w("productId" uuid, channel text, locale text, title text,
          "descriptionHtml" text, "seoTitle" text, "seoDescription" text)),
      gone as (
        delete from products.product_texts t where t.product_id in ${idsOf(products.map(({ productId }) => productId))}
        and not exists (select 1 from wanted w where w."productId" = t.product_id and w.channel = t.channel_code and w.locale = t.locale))
      insert into products.product_texts (product_id, channel_code, locale, title, description_html, seo_title, seo_description)
      select "productId", channel, locale, title, "descriptionHtml", "seoTitle", "seoDescription" from wanted
      on conflict on constraint product_texts_pkey do update set title = excluded.title, description_html = excluded.description_html,
        seo_title = excluded.seo_title, seo_description = excluded.seo_description`);
  },
};

/** Makes the rows of products in a table of `(product_id, group, member, position)` exactly these, each group in its order. */
const writeGroups = (
  tx: Tx,
  { table, group, member, constraint }: Record<'table' | 'group' | 'member' | 'constraint', SQL>,
  productIds: readonly string[],
  rows: string,
) =>
  tx.execute(sql`
    with wanted as materialized (
      select * from jsonb_to_recordset(${rows}::jsonb) as w("productId" uuid, "group" text, member uuid, position int)),
    gone as (
      delete from products.${table} t where t.product_id in ${idsOf(productIds)}
      and not exists (select 1 from wanted w where w."productId" = t.product_id and w."group" = t.${group} and w.member = t.${member}))
    insert into products.${table} (product_id, ${group}, ${member}, position) select "productId", "group", member, position from wanted
    on conflict on constraint ${constraint} do update set position = excluded.position`);

const CHANNEL_MEDIA = {
  table: sql`channel_media`,
  group: sql`channel_code`,
  member: sql`media_id`,
  constraint: sql`channel_media_pkey`,
};
const RELATIONS = {
  table: sql`product_relations`,
  group: sql`kind`,
  member: sql`related_product_id`,
  constraint: sql`product_relations_pkey`,
};

const channelMedia: Section<readonly KeptChannelMedia[]> = {
  async read(tx, productIds) {
    const rows = await tx.execute<{ productId: string; channel: string; mediaId: string }>(sql`
      select product_id as "productId", channel_code as channel, media_id as "mediaId"
      from products.channel_media where product_id in ${idsOf(productIds)} order by product_id, channel_code, position`);
    return groupBy(rows, (mine) =>
      [...Map.groupBy(mine, ({ channel }) => channel)].map(([channel, shown]) => ({
        channel,
        mediaIds: shown.map(({ mediaId }) => mediaId),
      })),
    );
  },
  async write(tx, products) {
    const rows = listOf(products, ({ channel, mediaIds }) =>
      mediaIds.map((member, position) => ({ group: channel, member, position })),
    );
    await writeGroups(
      tx,
      CHANNEL_MEDIA,
      products.map(({ productId }) => productId),
      rows,
    );
  },
};

const categoryIds: Section<readonly string[]> = {
  async read(tx, productIds) {
    const rows = await tx.execute<{ productId: string; categoryId: string }>(sql`
      select product_id as "productId", category_id as "categoryId"
      from products.product_categories where product_id in ${idsOf(productIds)} order by product_id, position`);
    return groupBy(rows, (mine) => mine.map(({ categoryId }) => categoryId));
  },
  async write(tx, products) {
    await writeCategoriesOfProducts(
      tx,
      products.map(({ productId, content }) => ({ productId, categoryIds: content })),
    );
  },
};

const relations: Section<readonly KeptRelations[]> = {
  async read(tx, productIds) {
    const rows = await tx.execute<{ productId: string; kind: KeptRelations['kind']; relatedId: string }>(sql`
      select product_id as "productId", kind, related_product_id as "relatedId"
      from products.product_relations where product_id in ${idsOf(productIds)} order by product_id, kind, position`);
    return groupBy(rows, (mine) =>
      [...Map.groupBy(mine, ({ kind }) => kind)].map(([kind, related]) => ({
        kind,
        productIds: related.map(({ relatedId }) => relatedId),
      })),
    );
  },
  async write(tx, products) {
    const rows = listOf(products, ({ kind, productIds }) =>
      productIds.map((member, position) => ({ group: kind, member, position })),
    );
    await writeGroups(
      tx,
      RELATIONS,
      products.map(({ productId }) => productId),
      rows,
    );
  },
};

/** The one list of sections: creating, updating and importing all run through it. */
export const SECTIONS: { readonly [Name in SectionName]: Section<SectionContents[Name]> } = {
  texts,
  channelMedia,
  categoryIds,
  relations,
};

/** The named sections of locked products, by product. */
export async function readSections(
  tx: Tx,
  productIds: readonly string[],
  names: readonly SectionName[],
): Promise<Map<string, Partial<SectionContents>>> {
  const found = new Map<string, Partial<SectionContents>>(productIds.map((id) => [id, {}]));
  if (productIds.length === 0) return found;
  for (const name of names)
    for (const [productId, content] of await SECTIONS[name].read(tx, productIds))
      found.set(productId, { ...found.get(productId), [name]: content });
  return found;
}

/** Writes the sections of locked products that changed: a statement for each kind that any product changes. */
export async function writeSections(
  tx: Tx,
  products: readonly {
    readonly productId: string;
    readonly sections: readonly SectionName[];
    readonly wanted: Partial<SectionContents>;
  }[],
): Promise<void> {
  const write = async <Name extends SectionName>(name: Name) => {
    const rows = products.flatMap(({ productId, sections, wanted }) => {
      const content = wanted[name];
      return sections.includes(name) && content !== undefined ? [{ productId, content }] : [];
    });
    const section: Section<SectionContents[Name]> = SECTIONS[name];
    if (rows.length > 0) await section.write(tx, rows);
  };
  for (const name of Object.keys(SECTIONS) as SectionName[]) await write(name);
}
