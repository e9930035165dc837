import type { Sql } from 'postgres';
import type { AttributeDefinition, AttributeValues } from '../../domain/types/attribute-definition.ts';

/** What a product or a variant has of attributes, and what its type says of them. */
export interface AttributesRow {
  /** The product or the variant. */
  readonly ownerId: string;
  /** None when nobody defined the type. */
  readonly definitions: readonly AttributeDefinition[];
  readonly values: AttributeValues;
}

interface Read {
  readonly ownerId: string;
  readonly productType: string | null;
  readonly definitions: AttributeDefinition[] | null;
  readonly values: AttributeValues;
}

/** The attributes of products, in no order, in one statement. */
export const findAttributesOfProducts = async (sql: Sql, productIds: readonly string[]): Promise<AttributesRow[]> =>
  withDefinitions(
    await sql<Read[]>`
    with chosen as materialized (
      select p.product_id, p.product_type, p.attributes, row_number() over (partition by p.product_type) = 1 as is_first
      from products.products p where p.product_id = any(${productIds as string[]}::uuid[]))
    select c.product_id as "ownerId", c.product_type as "productType", c.attributes as values, t.attributes as definitions
    from chosen c left join products.product_types t on t.name = c.product_type and c.is_first`,
  );

/** The attributes of variants, in no order, in one statement. */
export const findAttributesOfVariants = async (sql: Sql, variantIds: readonly string[]): Promise<AttributesRow[]> =>
  withDefinitions(
    await sql<Read[]>`
    with chosen as materialized (
      select v.variant_id, p.product_type, v.attributes, row_number() over (partition by p.product_type) = 1 as is_first
      from products.variants v join products.products p on p.product_id = v.product_id where v.variant_id = any(${variantIds as string[]}::uuid[]))
    select c.variant_id as "ownerId", c.product_type as "productType", c.attributes as values, t.attributes as definitions
    from chosen c left join products.product_types t on t.name = c.product_type and c.is_first`,
  );

/** Gives every row what came with one row of each type: definitions are larger than values. */
function withDefinitions(rows: readonly Read[]): AttributesRow[] {
  const byType = new Map<string, readonly AttributeDefinition[]>();
  for (const { productType, definitions } of rows)
    if (productType !== null && definitions !== null) byType.set(productType, definitions);
  return rows.map(({ ownerId, productType, values }) => ({
    ownerId,
    values,
    definitions: (productType === null ? undefined : byType.get(productType)) ?? [],
  }));
}
