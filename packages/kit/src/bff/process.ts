import { z } from 'zod';
import { trustedProxies } from '../auth/client-address.ts';
import { createIdentity, type InternalKeys } from '../auth/internal-token.ts';
import { parseEnv, port, urlList } from '../env.ts';
import { createHttpClient } from '../graph/http-client.ts';
import { ideKeys, type IdeKey } from '../ide.ts';
import { createLogger } from '../logger.ts';
import { operationsEnv, type OperationsMode } from '../operations/operations-mode.ts';
import { runProcess, serviceEnv, urlVariable } from '../process.ts';
import type { Service } from '../service.ts';
import { INTERNAL_PATH } from '../subgraph.ts';
import type { BffDeps } from './bff.ts';

export interface BffProcess {
  /** Such as `web`; it signs as `bff-web`. */
  readonly name: string;
  readonly defaultPort: number;
  readonly createApp: (deps: BffDeps) => Service;
  /** The environment. */
  readonly source: Readonly<Record<string, string | undefined>>;
}

/** Services that a BFF asks, where they are by default, and the graph that it asks there. */
const PEERS = {
  router: { url: 'http://127.0.0.1:4000', path: '/graphql' },
  customers: { url: 'http://127.0.0.1:4005', path: INTERNAL_PATH },
  stock: { url: 'http://127.0.0.1:4003', path: INTERNAL_PATH },
} as const;

/** `main.ts` of a BFF: environment → dependencies → listen → drain. */
export function runBff({ name, defaultPort, createApp, source }: BffProcess): Promise<void> {
  return runProcess(async () => {
    const portVariable = `${name.toUpperCase()}_PORT`;
    const channelVariable = `${name.toUpperCase()}_CHANNEL`;
    const shape = z.object({
      ...serviceEnv,
      ...operationsEnv,
      IDE_KEYS: ideKeys(),
      TRUSTED_PROXIES: trustedProxies(),
      [portVariable]: port().default(defaultPort).describe('where it listens'),
      [channelVariable]: z
        .string()
        .regex(/^[a-z0-9-]{2,32}$/, 'must be the code of a channel')
        .optional()
        .describe('the channel it sells in'),
      ...Object.fromEntries(
        Object.entries(PEERS).map(([peer, { url }]) => [
          urlVariable(peer),
          urlList().prefault(url).describe(`the base URLs of ${peer}, separated by commas`),
        ]),
      ),
    });
    const env = parseEnv(shape, source) as Record<string, unknown> & {
      LOG_LEVEL: string;
      IDE_KEYS: IdeKey[];
      TRUSTED_PROXIES: readonly string[];
      OPERATIONS: OperationsMode;
      OPERATION_MANIFESTS: string[];
      INTERNAL_KEYS: InternalKeys;
    };
    const service = `bff-${name}`;
    const logger = createLogger(service, env.LOG_LEVEL);
    const identity = await createIdentity(service, env.INTERNAL_KEYS);
    const client = (peer: keyof typeof PEERS) =>
      createHttpClient({
        urls: (env[urlVariable(peer)] as string[]).map((url) => url.replace(/\/$/, '') + PEERS[peer].path),
        audience: peer,
        identity,
      });
    const channel = env[channelVariable] as string | undefined;
    const app = createApp({
      identity,
      logger,
      router: client('router'),
      customers: client('customers'),
      stock: client('stock'),
      demoKeys: env.IDE_KEYS,
      trustedProxies: env.TRUSTED_PROXIES,
      operations: { mode: env.OPERATIONS, manifests: env.OPERATION_MANIFESTS },
      ...(channel ? { channel } : {}),
    });
    logger.info({ port: await app.listen(env[portVariable] as number) }, 'listening');
    return app;
  });
}
