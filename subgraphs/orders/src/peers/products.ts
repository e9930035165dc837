import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import { ask, type Call, type GraphClient } from '@kontor/kit/src/graph/graph.ts';
import type { ChannelProjection, ProductProjection } from '../data/projections.ts';
import { ChannelStatesDocument, ProductChangesDocument } from '../generated/upstream-products.ts';

const call: Call = { caller: serviceCaller('orders'), requestId: 'orders-catch-up' };
const PAGE = 500;

/** All channels. @throws GraphQLError when products does not answer. */
export const askChannels = async (products: GraphClient): Promise<ChannelProjection[]> =>
  (await ask(products, call, ChannelStatesDocument, {})).channelStates;

/** A page of products in the order of their last change. @throws GraphQLError as above. */
export async function askProductChanges(
  products: GraphClient,
  since: string | null,
): Promise<{ readonly products: readonly ProductProjection[]; readonly endCursor?: string | null | undefined }> {
  return (await ask(products, call, ProductChangesDocument, { since, first: PAGE })).productChanges;
}
