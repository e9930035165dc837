import type { Database } from '@kontor/kit/src/database.ts';

/** What orders keeps of a channel. */
export interface ChannelProjection {
  readonly code: string;
  readonly revision: number;
  /** The default first. */
  readonly currencies: readonly string[];
  /** The default first. */
  readonly countries: readonly string[];
}

/** What orders keeps of a product. */
export interface ProductProjection {
  readonly productId: string;
  readonly revision: number;
  readonly title: string;
  readonly channelCodes: readonly string[];
  /** What kind of product it is; absent in events of versions before. */
  readonly productType?: string | null | undefined;
  readonly variants: readonly {
    readonly variantId: string;
    readonly title: string;
    readonly sku?: string | null | undefined;
  }[];
}

/** A variant as an order line snapshots it, and a cart line shows it. */
export interface VariantSnapshot {
  readonly variantId: string;
  readonly productTitle: string;
  readonly variantTitle: string;
  readonly sku: string | null;
  /** What kind of product it is, in the merchant's words. */
  readonly productType: string | null;
}

/** A channel; null when it is not known here, or not yet. */
export async function findChannel({ sql }: Database, code: string): Promise<ChannelProjection | null> {
  const [row] = await sql<ChannelProjection[]>`
    select code, revision, currencies, countries from orders.channel_projections where code = ${code}`;
  return row ?? null;
}

/** Those of the variants that a channel sells; ids must be UUIDs in lower case. */
export async function findPublishedVariants(
  { sql }: Database,
  channel: string,
  variantIds: readonly string[],
): Promise<Map<string, VariantSnapshot>> {
  const rows = await sql<VariantSnapshot[]>`
    select v.variant_id as "variantId", p.title as "productTitle", v.title as "variantTitle", v.sku, p.product_type as "productType"
    from orders.variant_projections v join orders.product_projections p using (product_id)
    where v.variant_id = any(${[...variantIds]}::uuid[]) and ${channel} = any(p.channel_codes)`;
  return new Map(rows.map((row) => [row.variantId, row]));
}

/** Those of the variants that are known here, sold or not, in no order; ids must be UUIDs. */
export function findVariants({ sql }: Database, variantIds: readonly string[]): Promise<VariantSnapshot[]> {
  return sql<VariantSnapshot[]>`
    select v.variant_id as "variantId", p.title as "productTitle", v.title as "variantTitle", v.sku, p.product_type as "productType"
    from orders.variant_projections v join orders.product_projections p using (product_id)
    where v.variant_id = any(${[...variantIds]}::uuid[])`;
}

/** Keeps channels; what is not newer than what is there is passed over. */
export async function writeChannels({ sql }: Database, channels: readonly ChannelProjection[]): Promise<void> {
  const newest = newestOf(channels, (channel) => channel.code);
  await sql`
    insert into orders.channel_projections (code, revision, currencies, countries)
    select c.code, c.revision, c.currencies, c.countries
    from jsonb_to_recordset(${JSON.stringify(newest)}::jsonb) as c(code text, revision int, currencies text[], countries text[])
    order by c.code
    on conflict on constraint channel_projections_pkey do update
    set revision = excluded.revision, currencies = excluded.currencies, countries = excluded.countries
    where channel_projections.revision < excluded.revision`;
}

/**
 * Keeps products with their variants; what is not newer than what is there is passed over, with its variants. The rows of
 * products are locked in id order, and only who wrote one touches its variants.
 */
export async function writeProducts({ sql }: Database, products: readonly ProductProjection[]): Promise<void> {
  const newest = newestOf(products, (product) => product.productId);
  if (newest.length === 0) return;
  await sql.begin(async (tx) => {
    const written = await tx<{ productId: string }[]>`
      insert into orders.product_projections (product_id, revision, title, channel_codes, product_type)
      select p."productId", p.revision, p.title, p."channelCodes", p."productType"
      from jsonb_to_recordset(${JSON.stringify(newest)}::jsonb)
        as p("productId" uuid, revision int, title text, "channelCodes" text[], "productType" text)
      order by p."productId"
      on conflict on constraint product_projections_pkey do update
      set revision = excluded.revision, title = excluded.title, channel_codes = excluded.channel_codes, product_type = excluded.product_type
      where product_projections.revision < excluded.revision
        -- What was kept before types were: the same revision says more now.
        or (product_projections.revision = excluded.revision and product_projections.product_type is null and excluded.product_type is not null)
      returning product_id as "productId"`;
    if (written.length === 0) return;
    const ids = new Set(written.map((row) => row.productId));
    const variants = newest
      .filter(({ productId }) => ids.has(productId.toLowerCase()))
      .flatMap(({ productId, variants: all }) =>
        all.map(({ variantId, title, sku }) => ({ variantId, productId, title, sku: sku ?? null })),
      );
    const json = JSON.stringify(variants);
    await tx`
      delete from orders.variant_projections where product_id = any(${[...ids]}::uuid[])
      and variant_id not in (select v."variantId" from jsonb_to_recordset(${json}::jsonb) as v("variantId" uuid))`;
    await tx`
      insert into orders.variant_projections (variant_id, product_id, title, sku)
      select v."variantId", v."productId", v.title, v.sku
      from jsonb_to_recordset(${json}::jsonb) as v("variantId" uuid, "productId" uuid, title text, sku text)
      order by v."variantId"
      on conflict on constraint variant_projections_pkey do update
      set product_id = excluded.product_id, title = excluded.title, sku = excluded.sku`;
  });
}

/** One statement may touch a row once: of several states of one thing the newest counts. */
function newestOf<T extends { readonly revision: number }>(states: readonly T[], keyOf: (state: T) => string): T[] {
  const newest = new Map<string, T>();
  for (const state of states) {
    const known = newest.get(keyOf(state));
    if (!known || known.revision < state.revision) newest.set(keyOf(state), state);
  }
  return [...newest.values()];
}
