import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql as statement } from 'drizzle-orm';
import type { Sql } from 'postgres';
import type { Audience } from '../domain/audience.ts';
import type { BundleUse } from '../domain/bundle-removal.ts';
import type { BundlePlace, Component } from '../domain/bundle-rules.ts';
import { drawChangeNumbers } from './change-clock.ts';
import { variantColumns, type VariantRow } from './variants.ts';
import { visible } from './visible.ts';

/** A variant as a part of a bundle. */
export type ComponentRow = VariantRow & { readonly bundleId: string; readonly quantity: number };

/** What others keep of a bundle; `BundleState` of internal.graphql. */
export interface BundleState {
  readonly variantId: string;
  readonly revision: number;
  readonly components: Component[];
}

const idsOf = (ids: readonly string[]) =>
  statement`select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb)::uuid`;

/** Components of bundles whose products are visible, each bundle's by id. */
export const findComponents = (sql: Sql, audience: Audience, bundleIds: readonly string[]): Promise<ComponentRow[]> =>
  sql<ComponentRow[]>`
    select c.variant_id as "bundleId", c.quantity, ${variantColumns(sql)}
    from products.variant_components c join products.variants v on v.variant_id = c.component_variant_id join products.products p on p.product_id = v.product_id
    where c.variant_id = any(${bundleIds as string[]}::uuid[]) and ${visible(sql, audience, sql`v.product_id`)} order by c.variant_id, c.component_variant_id`;

/**
 * Locks the products of variants in the order of their handles, as every other command does. Whoever removes a variant or changes what it
 * consists of holds this lock; a variant never moves to another product.
 */
export async function lockProductsOfVariants(tx: Tx, variantIds: readonly string[]): Promise<void> {
  await tx.execute(statement`
    select 1 from products.products p where p.product_id in (select v.product_id from products.variants v where v.variant_id in (${idsOf(variantIds)}))
    order by p.handle for no key update`);
}

/** Where those of the variants that exist stand among the bundles, without counting the bundle `bundleId` itself. */
export async function readPlaces(
  tx: Tx,
  bundleId: string,
  variantIds: readonly string[],
): Promise<(BundlePlace & { readonly productId: string; readonly version: number })[]> {
  const rows = await tx.execute<
    BundlePlace & { productId: string; version: number } & Record<string, unknown>
  >(statement`
    select v.variant_id as "variantId", v.product_id as "productId", p.version,
      exists (select 1 from products.variant_components c where c.variant_id = v.variant_id) as "isBundle",
      (select count(*)::int from products.variant_components c where c.component_variant_id = v.variant_id and c.variant_id <> ${bundleId}) as "bundleCount"
    from products.variants v join products.products p on p.product_id = v.product_id where v.variant_id in (${idsOf(variantIds)})`);
  return [...rows];
}

/** What a variant consists of, by id. */
export async function readComponents(tx: Tx, bundleId: string): Promise<Component[]> {
  const rows = await tx.execute<Component & Record<string, unknown>>(statement`
    select component_variant_id as "variantId", quantity from products.variant_components where variant_id = ${bundleId} order by component_variant_id`);
  return rows.map(({ variantId, quantity }) => ({ variantId, quantity }));
}

/** Makes a locked variant consist of exactly these. */
export async function writeComponents(tx: Tx, bundleId: string, components: readonly Component[]): Promise<void> {
  await tx.execute(statement`
    with wanted as materialized (
      select w."variantId" as component_variant_id, w.quantity from jsonb_to_recordset(${JSON.stringify(components)}::jsonb) as w("variantId" uuid, quantity int)),
    gone as (
      delete from products.variant_components c where c.variant_id = ${bundleId}
      and not exists (select 1 from wanted w where w.component_variant_id = c.component_variant_id))
    insert into products.variant_components as c (variant_id, component_variant_id, quantity) select ${bundleId}::uuid, component_variant_id, quantity from wanted
    on conflict on constraint variant_components_pkey do update set quantity = excluded.quantity where c.quantity <> excluded.quantity`);
}

/** Empties the lists of locked variants. @returns those that had one. */
export async function dissolveBundles(tx: Tx, variantIds: readonly string[]): Promise<string[]> {
  const rows = await tx.execute<{ variantId: string }>(statement`
    with gone as (delete from products.variant_components where variant_id in (${idsOf(variantIds)}) returning variant_id)
    select distinct variant_id as "variantId" from gone order by 1`);
  return rows.map(({ variantId }) => variantId);
}

/** Which of the variants are components, and of which bundles. */
export async function readUses(tx: Tx, componentIds: readonly string[]): Promise<BundleUse[]> {
  const rows = await tx.execute<BundleUse & Record<string, unknown>>(statement`
    select variant_id as "bundleId", component_variant_id as "componentId" from products.variant_components where component_variant_id in (${idsOf(componentIds)})`);
  return [...rows];
}

/** Counts the revisions of bundles on, or begins them, and gives them the next places in the sequence of changes. @returns revisions by variant. */
export async function recordBundles(tx: Tx, variantIds: readonly string[]): Promise<Map<string, number>> {
  const before = await drawChangeNumbers(tx, variantIds.length);
  const rows = await tx.execute<{ variantId: string; revision: number }>(statement`
    insert into products.bundles as b (variant_id, revision, change_number)
    select id::uuid, 1, ${before}::bigint + place from jsonb_array_elements_text(${JSON.stringify(variantIds)}::jsonb) with ordinality as changed(id, place)
    on conflict on constraint bundles_pkey do update set revision = b.revision + 1, change_number = excluded.change_number
    returning variant_id as "variantId", revision`);
  return new Map(rows.map(({ variantId, revision }) => [variantId, revision]));
}

/** Bundles that changed behind a number, oldest change first, and the number of the last of them. */
export async function findBundleChanges(
  db: Db,
  after: number,
  limit: number,
): Promise<{ states: BundleState[]; lastNumber: number | null }> {
  const rows = await db.execute<BundleState & { changeNumber: string } & Record<string, unknown>>(statement`
    select b.variant_id as "variantId", b.revision, b.change_number as "changeNumber",
      coalesce((select jsonb_agg(jsonb_build_object('variantId', c.component_variant_id, 'quantity', c.quantity) order by c.component_variant_id)
        from products.variant_components c where c.variant_id = b.variant_id), '[]') as components
    from products.bundles b where b.change_number > ${after} order by b.change_number limit ${limit}`);
  return {
    states: rows.map(({ variantId, revision, components }) => ({ variantId, revision, components })),
    lastNumber: rows.length > 0 ? Number(rows.at(-1)!.changeNumber) : null,
  };
}
