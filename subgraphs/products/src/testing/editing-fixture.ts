import type { Database } from '@kontor/kit/src/database.ts';
import { setCategory } from '../commands/categories/set-category.ts';
import { createProduct, type NewProduct } from '../commands/create-product.ts';
import { setProductType } from '../commands/types/set-product-type.ts';
import type { Author } from '../domain/author.ts';

/** For tests: two members of staff. */
export const ANNA: Author = {
  role: 'staff',
  subject: 'key-anna',
  staffId: 'anna',
  channel: 'pos',
  action: 'productUpdate',
};
export const BEN: Author = { ...ANNA, subject: 'key-ben', staffId: 'ben' };

/** For tests: a product that `productCreate` made. @returns its id */
export async function begin(db: Database, input: NewProduct): Promise<string> {
  const made = await createProduct(db, input);
  if (made.__typename !== 'ProductCreated') throw new Error(made.message);
  return made.productId;
}

/** For tests: a category. @returns its id */
export async function makeCategory(db: Database, handle: string): Promise<string> {
  const made = await setCategory(db, { handle, name: handle });
  if (made.__typename !== 'CategorySaved') throw new Error(made.message);
  return made.category.categoryId;
}

/** For tests: a type with a text in languages, a required option, a measure, what it leads to and rich text, and one of variants. */
export async function makeJackets(db: Database): Promise<void> {
  const type = await setProductType(
    db,
    {
      name: 'Jacket',
      attributes: [
        { code: 'material', kind: 'TEXT', isLocalizable: true },
        { code: 'season', kind: 'ENUM', isRequired: true, options: [{ code: 'winter' }, { code: 'summer' }] },
        { code: 'weight', kind: 'MEASURE', unit: 'g' },
        { code: 'care', kind: 'RICH_TEXT' },
        { code: 'matches', kind: 'REFERENCE', referenceTo: 'PRODUCT', isList: true },
        { code: 'fit', kind: 'TEXT', scope: 'VARIANT' },
      ],
    },
    null,
  );
  if (type.__typename !== 'ProductTypeSaved') throw new Error(type.message);
}

/** For tests: every row of a product and what was told of it, to see that nothing changed. */
export async function traceOf(db: Database, productId: string) {
  const [trace] = await db.sql<{ trace: unknown }[]>`
    select jsonb_build_object(
      'product', (select to_jsonb(p) - 'search' from products.products p where p.product_id = ${productId}),
      'variants', (select jsonb_agg(to_jsonb(v) order by v.variant_id) from products.variants v where v.product_id = ${productId}),
      'media', (select jsonb_agg(to_jsonb(m) order by m.media_id) from products.media m where m.product_id = ${productId}),
      'texts', (select jsonb_agg(to_jsonb(t) order by t.channel_code, t.locale) from products.product_texts t where t.product_id = ${productId}),
      'channelMedia', (select jsonb_agg(to_jsonb(o) order by o.channel_code, o.media_id) from products.channel_media o where o.product_id = ${productId}),
      'categories', (select jsonb_agg(to_jsonb(k) order by k.category_id) from products.product_categories k where k.product_id = ${productId}),
      'relations', (select jsonb_agg(to_jsonb(r) order by r.kind, r.position) from products.product_relations r where r.product_id = ${productId}),
      'publications', (select jsonb_agg(to_jsonb(s) order by s.channel_code) from products.publications s where s.product_id = ${productId}),
      'revisions', (select count(*) from products.product_revisions h where h.product_id = ${productId}),
      'events', (select count(*) from products.outbox e where e.key = ${productId}::text)) as trace`;
  return trace!.trace;
}
