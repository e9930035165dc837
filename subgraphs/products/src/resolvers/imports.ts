import { boundedList, decodeCursor, encodeCursor, pageSize } from '@kontor/kit/src/connection.ts';
import { inTransaction } from '@kontor/kit/src/database.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { beginImport, noteProgress } from '../commands/imports/advance-import.ts';
import { checkProducts } from '../commands/imports/check-products.ts';
import { findCategoryIdsByHandle } from '../data/categories/product-categories.ts';
import { findDocumentsByHandle, findProductDocuments } from '../data/imports/product-documents.ts';
import { serviceAuthor } from '../domain/author.ts';
import { isStorable } from '../domain/text.ts';
import type { MutationResolvers, QueryResolvers } from '../generated/internal.ts';

const DOCUMENTS = 100;
const MAX_DOCUMENTS = 250;
const MAX_HANDLES = 500;
const MAX_CHANNELS = 100;
const MAX_CATEGORIES = 1_000;

/** What exports and imports read. */
export const importQueries: Pick<
  QueryResolvers,
  'productDocuments' | 'productDocumentsByHandle' | 'productsCheck' | 'categoryIdsByHandle'
> = {
  async productDocuments(_, { after, first, channels }, { db }) {
    const limit = pageSize(first, DOCUMENTS, MAX_DOCUMENTS);
    const codes = boundedList(channels, MAX_CHANNELS, ['channels']).filter(isStorable);
    const documents = await findProductDocuments(db.sql, {
      after: after == null ? null : readCursor(after),
      limit,
      channels: codes,
    });
    const last = documents.length === limit ? documents.at(-1) : undefined;
    return { documents, endCursor: last === undefined ? null : encodeCursor([last.productId]) };
  },
  productDocumentsByHandle: (_, { handles }, { db }) =>
    findDocumentsByHandle(db.sql, boundedList(handles, MAX_HANDLES, ['handles']).filter(isStorable)),
  categoryIdsByHandle: async (_, { handles }, { db }) => {
    const wanted = boundedList(handles, MAX_CATEGORIES, ['handles']);
    const ids = await inTransaction(db, (tx) => findCategoryIdsByHandle(tx, wanted.filter(isStorable)));
    return wanted.map((handle) => ids.get(handle) ?? null);
  },
  productsCheck: async (_, { input }, { db }) => ({
    results: await checkProducts(db, input.products, input.publishIn, serviceAuthor('productsUpsert')),
  }),
};

/** Where imports note how far they are. */
export const importMutations: Pick<MutationResolvers, 'importStart' | 'importAdvance'> = {
  importStart: (_, { input: { restart, ...identity } }, { db }) => beginImport(db, identity, restart ?? false),
  importAdvance: (_, { input: { counts, isDone, ...progress } }, { db }) =>
    noteProgress(db, { ...progress, counts: counts as Record<string, unknown>, isDone: isDone ?? false }),
};

function readCursor(cursor: string): string {
  const [id] = decodeCursor(cursor, 1);
  if (typeof id !== 'string' || !isId(id))
    throw badInput('This cursor is not one that productDocuments gave out. Begin without a cursor.', ['after']);
  return id;
}
