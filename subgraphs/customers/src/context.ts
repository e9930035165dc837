import type { Database } from '@kontor/kit/src/database.ts';
import type { BaseContext } from '@kontor/kit/src/graph/engine.ts';
import type { SignInDeps } from './commands/sign-in.ts';
import type { Loaders } from './loaders.ts';

/** What the resolvers of one request share. */
export interface Context extends BaseContext {
  readonly db: Database;
  readonly loaders: Loaders;
  /** One for all requests of the process. */
  readonly signing: SignInDeps;
}
