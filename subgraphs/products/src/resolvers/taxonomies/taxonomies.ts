import { decodeCursor, encodeCursor, pageSize, toConnection } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { setCategoryMappings } from '../../commands/taxonomies/set-category-mappings.ts';
import { setTaxonomy } from '../../commands/taxonomies/set-taxonomy.ts';
import { authorOf } from '../../context.ts';
import { findMappingPage } from '../../data/taxonomies/mappings.ts';
import { findAllTaxonomies } from '../../data/taxonomies/taxonomies.ts';
import { findUnmappedPage } from '../../data/taxonomies/unmapped-categories.ts';
import { isStorable } from '../../domain/text.ts';
import type {
  CategoryMappingResolvers,
  MutationResolvers,
  QueryResolvers,
  TaxonomyResolvers,
} from '../../generated/schema.ts';
import { revisionOf } from './read-revision.ts';

const DEFAULT_MAPPINGS = 100;
const MAX_MAPPINGS = 500;
const DEFAULT_UNMAPPED = 50;
const MAX_UNMAPPED = 250;

export const taxonomyQueries = {
  taxonomies: (_, __, { db }) => findAllTaxonomies(db.sql),
  taxonomy: (_, { code }, { loaders }) => loaders.taxonomy.load(code),
} satisfies QueryResolvers;

export const taxonomyMutations = {
  taxonomySet: (_, { input }, { db }) => setTaxonomy(db, input),
  categoryMappingsSet: (_, { input }, ctx) => setCategoryMappings(ctx.db, input, authorOf(ctx, 'categoryMappingsSet')),
} satisfies MutationResolvers;

export const Taxonomy: TaxonomyResolvers = {
  mappings: async (taxonomy, { revision, first, after }, { db }) => {
    const size = pageSize(first, DEFAULT_MAPPINGS, MAX_MAPPINGS);
    const at = { taxonomyCode: taxonomy.code, revision: revisionOf(taxonomy, revision) };
    const position = after == null ? null : readCursor(after, isId);
    const rows = await findMappingPage(db.sql, at, position, size + 1);
    return toConnection(
      rows.map((row) => ({ ...row, isInherited: false })),
      size,
      ({ categoryId }) => encodeCursor([categoryId]),
      position !== null,
    );
  },
  unmapped: async ({ code }, { first, after }, { db }) => {
    const size = pageSize(first, DEFAULT_UNMAPPED, MAX_UNMAPPED);
    const position = after == null ? null : readCursor(after, isStorable);
    const rows = await findUnmappedPage(db.sql, code, position, size + 1);
    return toConnection(rows, size, ({ handle }) => encodeCursor([handle]), position !== null);
  },
};

export const CategoryMapping: CategoryMappingResolvers = {
  category: async ({ categoryId }, _, { loaders }) => {
    const category = await loaders.category.load(categoryId);
    // Its mappings go with a category; only a removal that came in between can be the reason.
    if (category === null) throw new Error(`category ${categoryId} is gone`);
    return category;
  },
};

function readCursor(cursor: string, isGiven: (text: string) => boolean): string {
  const [text] = decodeCursor(cursor, 1);
  if (typeof text !== 'string' || !isGiven(text))
    throw badInput('This cursor is not one that this list gave out. Begin without a cursor.', ['after']);
  return text;
}
