import type { Sql } from 'postgres';
import type { Audience } from '../../domain/audience.ts';
import { productColumns, type ProductRow } from '../products.ts';
import { visible } from '../visible.ts';

/** What one product leads to another for. */
export type RelationKind = 'ACCESSORY' | 'CROSS_SELL' | 'SUCCESSOR';

/** The beginning of a product's list of related ones. */
export interface WantedRelations {
  readonly productId: string;
  readonly kind: RelationKind;
  readonly first: number;
}

/** The visible products of lists of relations, each list in its order. `place` is the place of the list among those wanted, from 1. */
export const findRelations = (
  sql: Sql,
  audience: Audience,
  wanted: readonly WantedRelations[],
): Promise<(ProductRow & { readonly place: number })[]> =>
  sql<(ProductRow & { readonly place: number })[]>`
    select w.place::int as place, found.*
    from unnest(${wanted.map(({ productId }) => productId)}::uuid[], ${wanted.map(({ kind }) => kind)}::text[], ${wanted.map(({ first }) => first)}::int[])
      with ordinality as w(product_id, kind, first, place)
    cross join lateral (
      select ${productColumns(sql, audience)}
      from products.product_relations r join products.products p on p.product_id = r.related_product_id
      where r.product_id = w.product_id and r.kind = w.kind and ${visible(sql, audience, sql`p.product_id`)}
      order by r.position, r.related_product_id limit w.first) found`;
