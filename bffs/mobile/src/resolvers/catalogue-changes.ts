import { isErrorCode, requestFault } from '@kontor/kit/src/errors.ts';
import type { Context } from '../context.ts';
import { CatalogueChangesDocument, type CatalogueChangesQueryVariables } from '../generated/upstream.ts';

/** Of the shared graph, whose fields that failed are named by their path. */
const ROOT = 'productChanges.';

/**
 * A page of what changed in the catalogue, whole.
 * @throws GraphQLError with the code of the failure when some of it could not be read.
 */
export async function catalogueChanges(ctx: Context, variables: CatalogueChangesQueryVariables) {
  const { productChanges } = await ctx.upstream(CatalogueChangesDocument, variables);
  const lost = [...ctx.degraded.values()].find(({ path }) => path.startsWith(ROOT));
  // A product that could not be read is null like one that is gone, and a phone would throw it away.
  if (lost)
    throw requestFault(
      isErrorCode(lost.code) ? lost.code : 'INTERNAL',
      'A product that changed could not be read, so that nothing of the page is told: ask with the same cursor again.',
    );
  return productChanges;
}
