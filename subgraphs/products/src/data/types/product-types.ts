import type { Tx } from '@kontor/kit/src/database.ts';
import { productTypes } from '@kontor/drizzle/products/tables.ts';
import { sql as statement } from 'drizzle-orm';
import type { Sql } from 'postgres';
import type { AttributeDefinition, ProductType } from '../../domain/types/attribute-definition.ts';

/** A product type as it is kept. */
export type ProductTypeRow = ProductType;

/** So many product types can be defined. */
export const MAX_PRODUCT_TYPES = 5_000;

/** Product types by name, in no order; names that nobody defined are left out. */
export const findProductTypes = (sql: Sql, names: readonly string[]): Promise<ProductTypeRow[]> =>
  sql<ProductTypeRow[]>`
    select name, labels, attributes, version from products.product_types where name = any(${names as string[]}::text[])`;

/** Product types by name, behind one. */
export const findProductTypePage = (sql: Sql, after: string | null, limit: number): Promise<ProductTypeRow[]> =>
  sql<ProductTypeRow[]>`
    select name, labels, attributes, version from products.product_types
    where ${after === null ? sql`true` : sql`name > ${after}`} order by name limit ${limit}`;

/**
 * Product types by name inside a transaction that writes products of these types. Until it ends nobody changes them, so that what is
 * written keeps the rules that are in force when it can be read: an option cannot go while a product is given it. Called after the
 * products were locked; whoever changes a type locks no product.
 */
export async function readProductTypes(tx: Tx, names: readonly string[]): Promise<Map<string, ProductTypeRow>> {
  if (names.length === 0) return new Map();
  const rows = await tx.execute<ProductTypeRow & Record<string, unknown>>(statement`
    select name, labels, attributes, version from products.product_types
    where name in (select jsonb_array_elements_text(${JSON.stringify(names)}::jsonb)) order by name for share`);
  return new Map(rows.map((row) => [row.name, row]));
}

/**
 * Lets one command after another change product types, and reads one; null when there is none. It waits until those have ended that write
 * products of the type, and they wait for it; readers do not.
 */
export async function lockProductType(tx: Tx, name: string): Promise<ProductTypeRow | null> {
  await tx.execute(statement`lock table products.product_types in share row exclusive mode`);
  const [row] = await tx.execute<ProductTypeRow & Record<string, unknown>>(statement`
    select name, labels, attributes, version from products.product_types where name = ${name} for update`);
  return row ?? null;
}

/** How many product types there are. */
export const countProductTypes = (tx: Tx): Promise<number> => tx.$count(productTypes);

/** Writes a product type. */
export async function writeProductType(tx: Tx, { name, labels, attributes, version }: ProductTypeRow): Promise<void> {
  await tx.execute(statement`
    insert into products.product_types (name, labels, attributes, version, updated_at)
    values (${name}, ${JSON.stringify(labels)}::jsonb, ${JSON.stringify(attributes)}::jsonb, ${version}, products.app_now())
    on conflict on constraint product_types_pkey do update set labels = excluded.labels, attributes = excluded.attributes,
      version = excluded.version, updated_at = excluded.updated_at`);
}

/** How many products of a type have one of the options of an attribute, themselves or in a variant. */
export async function countOptionUse(
  tx: Tx,
  typeName: string,
  { code, scope, isLocalizable }: AttributeDefinition,
  optionCodes: readonly string[],
): Promise<number> {
  const kept =
    scope === 'PRODUCT' ? statement`p.attributes -> ${code}::text` : statement`v.attributes -> ${code}::text`;
  // An array contains its elements, and a text itself.
  const has = (value: typeof kept) =>
    statement`exists (select 1 from jsonb_array_elements(${JSON.stringify(optionCodes)}::jsonb) as option (code) where ${value} @> option.code)`;
  const used = isLocalizable
    ? statement`jsonb_typeof(${kept}) = 'object' and exists (select 1 from jsonb_each(${kept}) as said (locale, value) where ${has(statement`said.value`)})`
    : has(kept);
  const [row] = await tx.execute<{ count: string }>(statement`
    select count(*) as count from products.products p where p.product_type = ${typeName}
      and ${scope === 'PRODUCT' ? used : statement`exists (select 1 from products.variants v where v.product_id = p.product_id and ${used})`}`);
  return Number(row?.count ?? 0);
}
