import { z } from 'zod';
import { createIdentity, type InternalKeys } from './auth/internal-token.ts';
import { migrate, openDatabase } from './database.ts';
import { EnvError, logLevel, parseEnv, port, postgresUrl, urlList } from './env.ts';
import { createNatsBus } from './events/nats-bus.ts';
import type { GraphClient } from './graph/graph.ts';
import { createHttpClient } from './graph/http-client.ts';
import { createLogger } from './logger.ts';
import type { Service } from './service.ts';
import { startTracing, type RunningTracing } from './telemetry/start-tracing.ts';
import { readTracingEnv } from './telemetry/tracing-env.ts';
import { INTERNAL_PATH, type SubgraphDeps } from './subgraph.ts';
import { fileURLToPath } from 'node:url';

const STOP_TIMEOUT_MS = 10_000;

const internalKeys = z.string().transform((text, ctx): InternalKeys => {
  try {
    return JSON.parse(text) as InternalKeys;
  } catch {
    ctx.addIssue('must be the JSON that generateInternalKeys makes');
    return z.NEVER;
  }
});

/** The environment that every service process reads. */
export const serviceEnv = {
  INTERNAL_KEYS: internalKeys.describe('the signing key of this service and the public keys of all, as JSON'),
  LOG_LEVEL: logLevel().default('info').describe('verbosity of the log'),
};

/** The name of the variable that holds a peer's base URLs. */
export const urlVariable = (peer: string): string => `${peer.toUpperCase().replaceAll('-', '_')}_URL`;

/**
 * Runs a process until it is told to stop: an ill environment or a fault at the start becomes one clear line and exit code 1.
 * SIGTERM and SIGINT stop the service gracefully, within 10 seconds, and send what was traced last.
 */
export async function runProcess(start: () => Promise<{ stop(): Promise<void> }>): Promise<void> {
  let running: { stop(): Promise<void> };
  let tracing: RunningTracing | undefined;
  try {
    const settings = readTracingEnv(process.env);
    if (settings) tracing = await startTracing(settings, createLogger('telemetry', process.env['LOG_LEVEL'] || 'info'));
    running = await start();
  } catch (error) {
    const message = error instanceof EnvError || error instanceof Error ? error.message : String(error);
    process.stderr.write(`${message}\n`);
    process.exit(1);
  }
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
    const stopped = running.stop().finally(() => tracing?.stop());
    stopped.then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // A launcher that was killed closes the channel to its children: they end with it.
  process.once('disconnect', stop);
}

export interface SubgraphProcess<Peer extends string> {
  readonly name: string;
  readonly defaultPort: number;
  /** Services whose internal graph it asks. */
  readonly peers: readonly Peer[];
  /** Its migrations folder. */
  readonly migrations: URL;
  readonly createApp: (deps: SubgraphDeps & { readonly peers: Readonly<Record<Peer, GraphClient>> }) => Service;
}

/** `main.ts` of a subgraph: environment → dependencies → listen → drain. */
export function runSubgraph<Peer extends string>(definition: SubgraphProcess<Peer>): Promise<void> {
  const { name, peers } = definition;
  return runProcess(async () => {
    const shape = z.object({
      ...serviceEnv,
      [`${name.toUpperCase()}_PORT`]: port().default(definition.defaultPort).describe('where it listens'),
      DATABASE_URL: postgresUrl().describe(`the URL of the role that owns the schema ${name}`),
      DATABASE_POOL: z.coerce.number().int().min(2).max(100).default(10).describe('connections at most'),
      NATS_URL: urlList().describe('the NATS servers with JetStream'),
      ...Object.fromEntries(peers.map((peer) => [urlVariable(peer), urlList().describe(`the base URLs of ${peer}`)])),
    });
    const env = parseEnv(shape, process.env) as Record<string, unknown> & {
      DATABASE_URL: string;
      DATABASE_POOL: number;
      NATS_URL: string[];
      LOG_LEVEL: string;
      INTERNAL_KEYS: InternalKeys;
    };
    const logger = createLogger(name, env.LOG_LEVEL);
    const identity = await createIdentity(name, env.INTERNAL_KEYS);
    await migrate(env.DATABASE_URL, name, fileURLToPath(definition.migrations));
    const bus = await createNatsBus({ servers: env.NATS_URL, name, logger });
    const clients = Object.fromEntries(
      peers.map((peer) => [
        peer,
        createHttpClient({
          urls: (env[urlVariable(peer)] as string[]).map((url) => url.replace(/\/$/, '') + INTERNAL_PATH),
          audience: peer,
          identity,
        }),
      ]),
    ) as Record<Peer, GraphClient>;
    const service = definition.createApp({
      db: openDatabase({ url: env.DATABASE_URL, name, max: env.DATABASE_POOL }),
      bus,
      identity,
      logger,
      peers: clients,
    });
    const listening = await service.listen(env[`${name.toUpperCase()}_PORT`] as number);
    logger.info({ port: listening }, 'listening');
    return {
      async stop() {
        await service.stop();
        await bus.close();
      },
    };
  });
}
