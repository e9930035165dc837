import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import { ask, type GraphClient } from '@kontor/kit/src/graph/graph.ts';
import {
  ChannelAvailabilityChangesDocument,
  ChannelAvailabilityDocument,
  type ChannelAvailabilityChangesQuery,
  type ChannelAvailabilityQuery,
} from '../generated/upstream-stock.ts';

const caller = serviceCaller('products');
const requestId = 'products-stock-feed';

/** Which part of a channel's changes is asked for. */
export interface ChangesRequest {
  readonly channel: string;
  /** Null for the present end. */
  readonly since: string | null;
  readonly first: number;
}

/** What changed of what a channel can sell behind a cursor. @throws GraphQLError when stock does not answer. */
export async function askAvailabilityChanges(
  stock: GraphClient,
  request: ChangesRequest,
  signal: AbortSignal,
): Promise<ChannelAvailabilityChangesQuery['channelAvailabilityChanges']> {
  const answer = await ask(stock, { caller, requestId, signal }, ChannelAvailabilityChangesDocument, { ...request });
  return answer.channelAvailabilityChanges;
}

/** What a channel can sell. @param variantIds at most 1,000. @throws GraphQLError as above. */
export async function askAvailability(
  stock: GraphClient,
  channel: string,
  variantIds: readonly string[],
  signal: AbortSignal,
): Promise<ChannelAvailabilityQuery['channelAvailability']> {
  const variables = { channel, variantIds: [...variantIds] };
  return (await ask(stock, { caller, requestId, signal }, ChannelAvailabilityDocument, variables)).channelAvailability;
}
