import type { Database } from '@kontor/kit/src/database.ts';
import type { BaseContext } from '@kontor/kit/src/graph/engine.ts';
import type { KeyDeps } from './commands/keys/key-deps.ts';
import type { Signing } from './commands/signing/signing.ts';
import type { Loaders } from './loaders.ts';

/** What the resolvers of one request share. */
export interface Context extends BaseContext {
  readonly db: Database;
  readonly loaders: Loaders;
  /** One for all requests of the process. */
  readonly signing: Signing;
  /** The network address of the client, as an edge of ours saw it. */
  readonly clientAddress?: string | undefined;
  /** One for all requests of the process. */
  readonly keys: KeyDeps;
}
