import { decodeCursor, encodeCursor, pageSize, toConnection } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { moveCategory } from '../../commands/categories/move-category.ts';
import { removeCategory } from '../../commands/categories/remove-category.ts';
import { setCategory } from '../../commands/categories/set-category.ts';
import { upsertCategories } from '../../commands/categories/upsert-categories.ts';
import { findCategoryStates } from '../../data/categories/category-states.ts';
import { findCategoryByHandle, findCategoryPage, type SiblingPosition } from '../../data/categories/categories.ts';
import { textInChain } from '../../domain/locale-chain.ts';
import { isStorable } from '../../domain/text.ts';
import type {
  MutationResolvers as InternalMutations,
  QueryResolvers as InternalQueries,
} from '../../generated/internal.ts';
import type { CategoryResolvers, MutationResolvers, ProductResolvers, QueryResolvers } from '../../generated/schema.ts';
import { openProductList } from '../product-lists.ts';
import { localesOf, readLocale } from '../reading/read-locale.ts';
import { revisionOf } from '../taxonomies/read-revision.ts';

const DEFAULT_PAGE = 50;
const MAX_PAGE = 250;
const STATES = 500;
const MAX_STATES = 1_000;
/** Positions are kept as 32-bit integers. */
const POSITION_LIMIT = 2 ** 31;

export const categoryQueries = {
  category: (_, { id }, { loaders }) => loaders.category.load(id),
  categoryByHandle: (_, { handle }, { db }) => (isStorable(handle) ? findCategoryByHandle(db.sql, handle) : null),
  categories: async (_, { parentId, first, after }, { db }) => {
    const size = pageSize(first, DEFAULT_PAGE, MAX_PAGE);
    const position = after == null ? null : readSiblingCursor(after);
    const isNobody = parentId != null && !isId(parentId);
    const rows = isNobody ? [] : await findCategoryPage(db.sql, parentId ?? null, position, size + 1);
    return toConnection(
      rows,
      size,
      ({ position: place, categoryId }) => encodeCursor([place, categoryId]),
      position !== null,
    );
  },
} satisfies QueryResolvers;

function readSiblingCursor(cursor: string): SiblingPosition {
  const [position, categoryId] = decodeCursor(cursor, 2);
  if (
    typeof position !== 'number' ||
    !Number.isInteger(position) ||
    Math.abs(position) >= POSITION_LIMIT ||
    typeof categoryId !== 'string' ||
    !isId(categoryId)
  )
    throw badInput('This cursor is not one that this list gave out. Begin without a cursor.', ['after']);
  return { position, categoryId };
}

export const categoryMutations = {
  categorySet: (_, { input }, { db }) => setCategory(db, input),
  categoryMove: (_, { input }, { db }) => moveCategory(db, input),
  categoryRemove: (_, { input }, { db }) => removeCategory(db, input),
} satisfies MutationResolvers;

/** What other services ask of categories. */
export const categoryInternalQueries = {
  categoryStates: async (_, { after, first }, { db }) => {
    const size = pageSize(first, STATES, MAX_STATES);
    const rows = await findCategoryStates(db.sql, after == null ? null : readStateCursor(after), size + 1);
    const categories = rows.slice(0, size);
    return { categories, endCursor: rows.length > size ? encodeCursor([categories.at(-1)!.categoryId]) : null };
  },
} satisfies InternalQueries;

function readStateCursor(cursor: string): string {
  const [categoryId] = decodeCursor(cursor, 1);
  if (typeof categoryId !== 'string' || !isId(categoryId))
    throw badInput('This cursor is not one that categoryStates gave out. Begin without a cursor.', ['after']);
  return categoryId;
}

/** What the catalogue importer does with categories. */
export const categoryInternalMutations = {
  categoriesUpsert: async (_, { input }, { db }) => ({
    results: [...(await upsertCategories(db, input.categories))],
  }),
} satisfies InternalMutations;

export const Category: CategoryResolvers = {
  __resolveReference: ({ id }, { loaders }) => loaders.category.load(id),
  id: ({ categoryId }) => categoryId,
  name: async ({ name, names }, { locale }, ctx) => {
    readLocale(locale);
    // Most have no other name, and the channel need not be asked for its language.
    if (Object.keys(names).length === 0) return name;
    return textInChain(names, await localesOf(ctx, locale)) ?? name;
  },
  names: ({ names }) => Object.entries(names).map(([locale, text]) => ({ locale, text })),
  parent: ({ parentId }, _, { loaders }) => (parentId === null ? null : loaders.category.load(parentId)),
  ancestors: ({ categoryId, parentId }, _, { loaders }) =>
    parentId === null ? [] : loaders.ancestorsOfCategory.load(categoryId),
  children: ({ categoryId }, _, { loaders }) => loaders.childrenOfCategory.load(categoryId),
  products: ({ categoryId }, args, ctx, info) =>
    openProductList(ctx, { kind: 'category', categoryId }, args, undefined, info),
  mapping: async ({ categoryId }, { taxonomy: code, revision }, { loaders }) => {
    const taxonomy = await loaders.taxonomy.load(code);
    if (taxonomy === null) return null;
    const at = { taxonomyCode: taxonomy.code, revision: revisionOf(taxonomy, revision) };
    const mapping = await loaders.mappingOfCategory.load({ ...at, categoryId });
    return mapping && { ...mapping, isInherited: mapping.categoryId !== categoryId };
  },
};

/** The fields of products that lead to categories. */
export const productCategoryFields = {
  category: async ({ productId }, _, { loaders }) => (await loaders.categoriesOfProduct.load(productId))[0] ?? null,
  categories: ({ productId }, _, { loaders }) => loaders.categoriesOfProduct.load(productId),
} satisfies ProductResolvers;
