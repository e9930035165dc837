import '@kontor/kit/src/production.ts';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createIdentity } from '@kontor/kit/src/auth/internal-token.ts';
import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import { createHttpClient } from '@kontor/kit/src/graph/http-client.ts';
import { runProcess } from '@kontor/kit/src/process.ts';
import { banner } from './banner.ts';
import { prepareDatabase } from './database.ts';
import { seedDemo } from './demo/seed.ts';
import { readStackEnv } from './env.ts';
import { startNatsServer } from './nats-server.ts';
import { pathOfGraph } from './operator.ts';
import { startDistributed } from './process-table.ts';
import { OPERATOR } from './services.ts';

const NATS_PORT = 4222;
/** What services read of the environment besides what they are told here. */
const PASSED_ON = /^(?:OTEL_|OPERATION|IDENTITY_|SIGN_UP$|MAIL|KEY_MODE$|OIDC_|TRUSTED_PROXIES$)/;

/** `npm run start:distributed [-- --replicas 2]`: every service its own process, events over NATS JetStream. */
await runProcess(async () => {
  const startedAt = performance.now();
  const { values } = parseArgs({ options: { replicas: { type: 'string', default: '1' } } });
  const replicas = Number(values.replicas);
  if (!Number.isInteger(replicas) || replicas < 1 || replicas > 9)
    throw new Error(`--replicas is how many processes every subgraph has, 1 to 9, not "${values.replicas}".`);
  const env = readStackEnv(process.env);
  const outside = process.env['NATS_URL'];
  const nats = outside
    ? { url: outside, stop: () => Promise.resolve() }
    : await startNatsServer({ port: NATS_PORT, folder: join(env.dataFolder, 'nats') });
  const database = await prepareDatabase(env).catch(async (error: unknown) => {
    await nats.stop();
    throw error;
  });
  const stopBelow = async () => {
    await database.stop();
    await nats.stop();
  };
  try {
    const system = await startDistributed({
      urls: database.urls,
      natsUrl: nats.url,
      ports: env.ports,
      replicas,
      path: process.env['PATH'],
      common: Object.fromEntries(Object.entries(process.env).filter(([name]) => PASSED_ON.test(name))),
      logLevel: env.logLevel,
      demo: env.demo,
      pspSecretKey: env.pspSecretKey,
      pspUrl: env.pspUrl,
      onExit: (name, code) =>
        process.stderr.write(
          `${name} ended by itself with code ${code}. Start it again, or stop everything with Ctrl-C.\n`,
        ),
    });
    if (env.demo) {
      const identity = await createIdentity(OPERATOR, system.operatorKeys);
      const call = { caller: serviceCaller(OPERATOR), requestId: OPERATOR };
      await seedDemo({
        ask: (name, request, graph) =>
          createHttpClient({
            urls: [`http://127.0.0.1:${env.ports[name]}${pathOfGraph(graph)}`],
            audience: name,
            identity,
          }).execute(request, call),
      });
    }
    process.stdout.write(
      banner({
        ports: env.ports,
        host: env.host,
        database: database.description,
        demo: env.demo,
        tookMs: performance.now() - startedAt,
      }),
    );
    return {
      async stop() {
        await system.stop();
        await stopBelow();
      },
    };
  } catch (error) {
    await stopBelow();
    throw error;
  }
});
