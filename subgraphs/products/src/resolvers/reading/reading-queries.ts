import { boundedList, decodeCursor, encodeCursor, pageSize } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { findChangesFor, type ChangePosition } from '../../data/reading/product-changes.ts';
import { findProductByReference, findVariantByReference, type Reference } from '../../data/reading/references.ts';
import { isStorable } from '../../domain/text.ts';
import type { QueryResolvers } from '../../generated/schema.ts';

const MAX_PRODUCTS = 100;
const DEFAULT_CHANGES = 100;
const MAX_CHANGES = 250;
/** No reference that is kept is longer. */
const MAX_REFERENCE = 255;

type ReadingQueries = Pick<QueryResolvers, 'products' | 'productByReference' | 'variantByReference' | 'productChanges'>;

/** Lookups of products beyond ids and handles, and what changed of them. */
export const readingQueries: ReadingQueries = {
  products: (_, { ids }, { loaders }) =>
    Promise.all(boundedList(ids, MAX_PRODUCTS, ['ids']).map((id) => loaders.product.load(id))),
  productByReference: (_, reference, { db, audience }) =>
    canBeKept(reference) ? findProductByReference(db.sql, audience, reference) : null,
  variantByReference: (_, reference, { db, audience }) =>
    canBeKept(reference) ? findVariantByReference(db.sql, audience, reference) : null,
  productChanges: async (_, { since, first }, { db, audience, loaders }) => {
    const size = pageSize(first, DEFAULT_CHANGES, MAX_CHANGES);
    const position = since == null ? null : readPosition(since);
    const { changes, end, hasMore } = await findChangesFor(db.sql, audience, { since: position, first: size });
    for (const { product } of changes) if (product) loaders.product.prime(product.productId, product);
    return { changes, endCursor: encodeCursor([end.number, end.begunAt]), hasMore };
  },
};

const canBeKept = ({ source, id }: Reference): boolean =>
  [source, id].every((text) => text.length <= MAX_REFERENCE && isStorable(text) && text.isWellFormed());

const isNumber = (part: unknown): part is number => Number.isSafeInteger(part) && (part as number) >= 0;

function readPosition(cursor: string): ChangePosition {
  const [number, begunAt] = decodeCursor(cursor, 2);
  if (!isNumber(number) || !isNumber(begunAt))
    throw badInput('This cursor is not one that productChanges gave out. Begin without a cursor.', ['since']);
  return { number, begunAt };
}
