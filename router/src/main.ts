import '@kontor/kit/src/production.ts';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createIdentity } from '@kontor/kit/src/auth/internal-token.ts';
import { createHttpClient } from '@kontor/kit/src/graph/http-client.ts';
import { loadExamples } from '@kontor/kit/src/ide.ts';
import { createLogger } from '@kontor/kit/src/logger.ts';
import { runProcess } from '@kontor/kit/src/process.ts';
import { createMemoryRateLimiter } from '@kontor/kit/src/rate-limit/memory-rate-limiter.ts';
import { INTERNAL_PATH } from '@kontor/kit/src/subgraph.ts';
import { guardedAccess, openAccess } from './access.ts';
import { createApp, type RouterDeps } from './app.ts';
import { readArguments, type Arguments } from './arguments.ts';
import { parseOpenRouterEnv, parseRouterEnv } from './env.ts';
import { watchSupergraphFile } from './planning/watch-supergraph-file.ts';
import { subgraphsOf, type SubgraphAddress } from './supergraph.ts';
import { LONGEST_TIMEOUT_MS } from './traffic/traffic-config.ts';
import { watchTrafficFile } from './traffic/watch-traffic-file.ts';

const SCHEMA = new URL('../../schema/', import.meta.url);

type Wired = Omit<RouterDeps, 'supergraphSdl' | 'share'> & { readonly port: number };

await runProcess(async () => {
  const given = readArguments(process.argv.slice(2));
  const path = given.supergraph ?? fileURLToPath(new URL('supergraph.graphql', SCHEMA));
  const supergraphSdl = readFileSync(path, 'utf8');
  const known = subgraphsOf(supergraphSdl);
  const { port, ...deps } = given.guarded ? await guardedRouter(known) : openRouter(known, given);
  const { logger } = deps;
  const router = await createApp({ ...deps, supergraphSdl, share: given.share, warmUp: given.warmUp });

  const supergraph = watchSupergraphFile(path, (sdl) => {
    router.update(sdl).catch((error: Error) => logger.error(`the supergraph stays as it was: ${error.message}`));
  });
  const traffic =
    given.traffic === undefined
      ? undefined
      : await watchTrafficFile(given.traffic, {
          subgraphs: known.map(({ name }) => name),
          apply: (config) => router.redirect(config),
          logger,
        });
  logger.info({ port: await router.listen(given.port ?? port) }, 'listening');
  return {
    async stop() {
      supergraph.close();
      traffic?.close();
      await router.stop();
    },
  };
});

/** The router of our own graph: between services that sign what they ask. */
async function guardedRouter(known: readonly SubgraphAddress[]): Promise<Wired> {
  const env = parseRouterEnv(known, process.env);
  const identity = await createIdentity('router', env.internalKeys);
  const client = (name: string, urls: readonly string[], timeoutMs?: number) =>
    createHttpClient({ urls, audience: name, identity, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
  const logger = createLogger('router', env.logLevel);
  return {
    port: env.port,
    exposePlans: env.exposePlans,
    trustedProxies: env.trustedProxies,
    logger,
    subgraphs: Object.fromEntries(
      known.map(({ name }) => [
        name,
        (urls?: readonly string[]) => client(name, urls ?? env.urlsOf(name, '/graphql'), LONGEST_TIMEOUT_MS),
      ]),
    ),
    access: guardedAccess({
      identity,
      customers: client('customers', env.urlsOf('customers', INTERNAL_PATH)),
      limiter: createMemoryRateLimiter(env.rate),
      logger,
    }),
    ide: { examples: loadExamples(new URL('operations/router/', SCHEMA)), keys: env.ideKeys },
  };
}

/** A router for any supergraph and everybody, in the place of the stock gateway. */
function openRouter(known: readonly SubgraphAddress[], { maxDepth, maxCost }: Arguments): Wired {
  const env = parseOpenRouterEnv(known, process.env);
  return {
    port: env.port,
    exposePlans: env.exposePlans,
    logger: createLogger('router', env.logLevel),
    subgraphs: Object.fromEntries(
      known.map(({ name }) => [
        name,
        (urls?: readonly string[]) =>
          createHttpClient({ urls: urls ?? env.urlsOf(name), audience: name, timeoutMs: LONGEST_TIMEOUT_MS }),
      ]),
    ),
    access: openAccess({ depth: maxDepth, cost: maxCost }),
    ide: { examples: [], keys: [] },
  };
}
