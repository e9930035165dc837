import { isErrorCode, requestFault } from '@kontor/kit/src/errors.ts';
import type { Context } from '../context.ts';
import { MappedCategoriesDocument, type MappedCategoriesQueryVariables } from '../generated/upstream.ts';
import { mappedCategoryPage } from '../views/mappings.ts';

/** Of the shared graph, whose fields that failed are named by their path. */
const MAPPING = 'categories.edges.node.mapping';

/**
 * A page of categories, each with what it is in a taxonomy; null when there is no such taxonomy.
 * @throws GraphQLError with the code of the failure when a mapping could not be read.
 */
export async function mappedCategories(ctx: Context, variables: MappedCategoriesQueryVariables) {
  const page = await ctx.upstream(MappedCategoriesDocument, variables);
  const lost = [...ctx.degraded.values()].find(({ path }) => path.startsWith(MAPPING));
  // A mapping that could not be read, or of a revision that never was, is null like one that is not there.
  if (lost)
    throw requestFault(
      isErrorCode(lost.code) ? lost.code : 'INTERNAL',
      'What a category is in the taxonomy could not be read. Is there such a revision?',
    );
  return mappedCategoryPage(page);
}
