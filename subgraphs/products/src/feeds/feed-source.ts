import type { Offer } from '../data/search/offers.ts';
import type { ProductVariants } from '../domain/feeds/offer.ts';
import type { SourceName } from '../domain/feeds/source-name.ts';

/** Another service that knows something of what search filters and sorts by. */
export interface FeedSource {
  readonly name: SourceName;
  /**
   * What changed in a channel behind a cursor.
   * @param since null for the present end, from which to read on after everything was read. @throws GraphQLError when it does not answer.
   */
  changes(channel: string, since: string | null, signal: AbortSignal): Promise<SourceChanges>;
  /** What it knows now of products, each with all of its variants; in no order. @throws GraphQLError as above. */
  offers(channel: string, products: readonly ProductVariants[], signal: AbortSignal): Promise<Offer[]>;
}

/** A page of changes. */
export interface SourceChanges {
  readonly variantIds: readonly string[];
  readonly endCursor: string;
  /** It cannot tell what changed: read everything, then read on from `endCursor`. */
  readonly resync: boolean;
  readonly hasMore: boolean;
}
