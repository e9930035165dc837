import type { Clock } from '@kontor/kit/src/clock.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import type { BaseContext } from '@kontor/kit/src/graph/engine.ts';
import type { Loaders } from './loaders.ts';

/** What the resolvers of one request share. */
export interface Context extends BaseContext {
  readonly db: Database;
  readonly clock: Clock;
  readonly loaders: Loaders;
  readonly quoteKey: () => Promise<Uint8Array>;
}
