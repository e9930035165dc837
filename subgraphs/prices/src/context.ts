import type { Clock } from '@kontor/kit/src/clock.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import type { BaseContext } from '@kontor/kit/src/graph/engine.ts';
import type { TaxProvider } from './domain/taxes/tax-provider.ts';
import type { EngineCache } from './domain/engine.ts';
import type { LiveReader } from './live/live-reader.ts';
import type { PriceHub } from './live/price-hub.ts';
import type { Loaders } from './loaders.ts';

/** What the resolvers of one request share. */
export interface Context extends BaseContext {
  readonly db: Database;
  readonly clock: Clock;
  readonly loaders: Loaders;
  readonly engines: EngineCache;
  readonly taxes: TaxProvider;
  /** Where subscribers hear of changes and read prices. */
  readonly live: { readonly hub: PriceHub; readonly reader: LiveReader };
  readonly quoteKey: () => Promise<Uint8Array>;
}
