import type { Fragment, Sql } from 'postgres';
import type { Audience } from '../domain/audience.ts';

/** The condition that an audience may see a product. @param productId the column that names it. */
export const visible = (sql: Sql, audience: Audience, productId: Fragment): Fragment =>
  audience.seesAll
    ? sql`true`
    : sql`exists (select 1 from products.publications shown where shown.channel_code = ${audience.channel} and shown.product_id = ${productId} and shown.is_live)`;
