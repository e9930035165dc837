import '@kontor/kit/src/production.ts';
import { readFileSync } from 'node:fs';
import { createIdentity } from '@kontor/kit/src/auth/internal-token.ts';
import { createHttpClient } from '@kontor/kit/src/graph/http-client.ts';
import { loadExamples } from '@kontor/kit/src/ide.ts';
import { createLogger } from '@kontor/kit/src/logger.ts';
import { runProcess } from '@kontor/kit/src/process.ts';
import { INTERNAL_PATH } from '@kontor/kit/src/subgraph.ts';
import { createApp } from './app.ts';
import { parseRouterEnv } from './env.ts';
import { subgraphsOf } from './supergraph.ts';

const schemaFolder = new URL('../../schema/', import.meta.url);

await runProcess(async () => {
  const supergraphSdl = readFileSync(new URL('supergraph.graphql', schemaFolder), 'utf8');
  const known = subgraphsOf(supergraphSdl);
  const env = parseRouterEnv(known, process.env);
  const logger = createLogger('router', env.logLevel);
  const identity = await createIdentity('router', env.internalKeys);
  const client = (name: string, path: string) =>
    createHttpClient({ urls: env.urlsOf(name, path), audience: name, identity });
  const service = createApp({
    identity,
    logger,
    supergraphSdl,
    subgraphs: Object.fromEntries(known.map(({ name }) => [name, client(name, '/graphql')])),
    customers: client('customers', INTERNAL_PATH),
    ide: { examples: loadExamples(new URL('operations/router/', schemaFolder)), keys: env.ideKeys },
  });
  logger.info({ port: await service.listen(env.port) }, 'listening');
  return service;
});
