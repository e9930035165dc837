import { hasScope } from '@kontor/kit/src/auth/policy.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import { channelOf } from '@kontor/kit/src/subgraph.ts';
import type { Author } from './domain/author.ts';
import type { Audience } from './domain/audience.ts';
import type { ChannelLanguages } from './live/channel-languages.ts';
import type { ProductHub } from './live/product-hub.ts';
import type { ProductReader } from './live/product-reader.ts';
import { createLoaders, type Loaders } from './loaders.ts';

/** What a process keeps between requests: how subscribers hear of changes and what they read them by, and the languages of channels. */
export interface Live {
  readonly hub: ProductHub;
  readonly reader: ProductReader;
  readonly languages: ChannelLanguages;
}

/** What the resolvers of one request share. */
export interface Context extends Call {
  readonly db: Database;
  readonly audience: Audience;
  readonly loaders: Loaders;
  readonly live: Live;
}

/** Makes the context of a request. */
export function createContext(db: Database, live: Live, call: Call): Context {
  const seesAll = hasScope(call.caller, 'catalogue:write');
  const audience: Audience = { seesAll, channel: seesAll ? call.caller.channel : channelOf(call) };
  return { ...call, db, audience, live, loaders: createLoaders(db, audience) };
}

/** Who does what, for the history of products. @param action the name of the mutation. */
export const authorOf = ({ caller }: Call, action: string): Author => ({
  role: caller.role,
  subject: caller.subject,
  staffId: caller.staffId ?? null,
  channel: caller.channel,
  action,
});
