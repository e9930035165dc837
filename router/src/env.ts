import { parseEnv, port, urlList } from '@kontor/kit/src/env.ts';
import { ideKeys } from '@kontor/kit/src/ide.ts';
import { serviceEnv, urlVariable } from '@kontor/kit/src/process.ts';
import { z } from 'zod';

const own = {
  ROUTER_PORT: port().default(4000).describe('where the router listens'),
  IDE_KEYS: ideKeys(),
  ...serviceEnv,
};

/**
 * The router's environment.
 * @param subgraphs of the supergraph; the URL that it names for each is the default.
 * @throws EnvError naming every bad key.
 */
export function parseRouterEnv(
  subgraphs: readonly { readonly name: string; readonly url: string }[],
  source: Readonly<Record<string, string | undefined>>,
) {
  const urls = subgraphs.map(({ name, url }) => [
    urlVariable(name),
    urlList().prefault(new URL(url).origin).describe(`the base URLs of ${name}, separated by commas`),
  ]);
  const env = parseEnv(
    z.object({ ...own, ...(Object.fromEntries(urls) as Record<string, ReturnType<typeof urlList>>) }),
    source,
  );
  return {
    port: env.ROUTER_PORT,
    internalKeys: env.INTERNAL_KEYS,
    logLevel: env.LOG_LEVEL,
    ideKeys: env.IDE_KEYS,
    /** The URLs of one graph of a subgraph. */
    urlsOf: (name: string, path: string) =>
      ((env as Record<string, unknown>)[urlVariable(name)] as string[]).map((url) => url.replace(/\/$/, '') + path),
  };
}
