import { trustedProxies } from '@kontor/kit/src/auth/client-address.ts';
import type { InternalKeys } from '@kontor/kit/src/auth/internal-token.ts';
import { parseEnv, port, urlList } from '@kontor/kit/src/env.ts';
import { ideKeys, type IdeKey } from '@kontor/kit/src/ide.ts';
import { serviceEnv, urlVariable } from '@kontor/kit/src/process.ts';
import { z } from 'zod';

type Source = Readonly<Record<string, string | undefined>>;
type Subgraph = { readonly name: string; readonly url: string };

const { INTERNAL_KEYS, LOG_LEVEL } = serviceEnv;
const points = (most: number) => z.coerce.number().int().min(1).max(most);
const open = {
  ROUTER_PORT: port().default(4000).describe('where the router listens'),
  LOG_LEVEL,
  EXPOSE_PLANS: z
    .enum(['on', 'off'])
    .default('off')
    .describe('whether whoever asks is told how a request was planned and executed'),
};
const guarded = {
  ...open,
  INTERNAL_KEYS,
  IDE_KEYS: ideKeys(),
  TRUSTED_PROXIES: trustedProxies(),
  RATE_POINTS: points(1e9).default(60_000).describe('cost of operations that one key may spend in a window'),
  RATE_SECONDS: points(86_400).default(60).describe('how long a window is'),
};

export interface OpenRouterEnv {
  readonly port: number;
  readonly logLevel: string;
  /** Whether whoever asks is told how a request was planned and executed. */
  readonly exposePlans: boolean;
  /** The URLs of a subgraph. */
  urlsOf(name: string, path?: string): string[];
}

export interface RouterEnv extends OpenRouterEnv {
  readonly internalKeys: InternalKeys;
  readonly ideKeys: readonly IdeKey[];
  /** Networks of proxies before the router, in CIDR notation. */
  readonly trustedProxies: readonly string[];
  readonly rate: { readonly quota: number; readonly windowSeconds: number };
}

/**
 * The environment of a router whose callers say who they are.
 * @param subgraphs of the supergraph; the origin of the URL that it names for each is the default.
 * @throws EnvError naming every bad key.
 */
export function parseRouterEnv(subgraphs: readonly Subgraph[], source: Source): RouterEnv {
  const env = parseEnv(z.object({ ...guarded, ...urls(subgraphs, (url) => new URL(url).origin) }), source);
  return {
    port: env.ROUTER_PORT,
    logLevel: env.LOG_LEVEL,
    exposePlans: env.EXPOSE_PLANS === 'on',
    internalKeys: env.INTERNAL_KEYS,
    ideKeys: env.IDE_KEYS,
    trustedProxies: env.TRUSTED_PROXIES,
    rate: { quota: env.RATE_POINTS, windowSeconds: env.RATE_SECONDS },
    urlsOf: (name, path = '') => urlsIn(env, name).map((url) => url.replace(/\/$/, '') + path),
  };
}

/** The environment of a router for everybody: nothing has to be set. URLs are used as they are. @throws EnvError naming every bad key. */
export function parseOpenRouterEnv(subgraphs: readonly Subgraph[], source: Source): OpenRouterEnv {
  const env = parseEnv(z.object({ ...open, ...urls(subgraphs, (url) => url) }), source);
  return {
    port: env.ROUTER_PORT,
    logLevel: env.LOG_LEVEL,
    exposePlans: env.EXPOSE_PLANS === 'on',
    urlsOf: (name) => [...urlsIn(env, name)],
  };
}

const urls = (subgraphs: readonly Subgraph[], byDefault: (url: string) => string) =>
  Object.fromEntries(
    subgraphs.map(({ name, url }) => [
      urlVariable(name),
      urlList().prefault(byDefault(url)).describe(`the URLs of ${name}, separated by commas`),
    ]),
  ) as unknown as Record<string, ReturnType<typeof urlList>>;

const urlsIn = (env: object, name: string) => (env as Record<string, readonly string[]>)[urlVariable(name)]!;
