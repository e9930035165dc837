import type { Database } from '@kontor/kit/src/database.ts';
import type { GraphClient } from '@kontor/kit/src/graph/graph.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import type { Sealing } from '../../sealing/sealing.ts';

/** What the work on requests needs. */
export interface PrivacyDeps {
  readonly db: Database;
  readonly logger: Logger;
  /** Finds tokens that are about an address. */
  readonly sealing: Sealing;
  /** The internal graph of orders; where there is none, exports wait for it. */
  readonly orders: GraphClient | undefined;
}
