import { trustedProxies } from '@kontor/kit/src/auth/client-address.ts';
import { EnvError, logLevel, parseEnv, port, postgresUrl } from '@kontor/kit/src/env.ts';
import type { BffDeps } from '@kontor/kit/src/bff/bff.ts';
import { operationsEnv } from '@kontor/kit/src/operations/operations-mode.ts';
import { z } from 'zod';
import { DEFAULT_PORTS, LISTENERS, SCHEMAS, type Listener, type Schema } from './services.ts';

const schemaVariable = (schema: Schema) => `${schema.toUpperCase()}_DATABASE_URL`;
const portVariable = (listener: Listener) => `${listener.toUpperCase()}_PORT`;

const shape = z.object({
  DATABASE_URL: postgresUrl().optional().describe('an outside PostgreSQL; without it one is started here'),
  ...Object.fromEntries(
    SCHEMAS.map((schema) => [
      schemaVariable(schema),
      postgresUrl()
        .optional()
        .describe(`the URL of a role that owns the schema ${schema}, where DATABASE_URL's role may make no roles`),
    ]),
  ),
  ...Object.fromEntries(
    LISTENERS.map((listener) => [
      portVariable(listener),
      port().default(DEFAULT_PORTS[listener]).describe(`where ${listener} listens`),
    ]),
  ),
  POSTGRES_PORT: port().default(54_320).describe('where the embedded PostgreSQL listens, if it is free'),
  DATA_DIR: z.string().min(1).default('.data').describe('where the embedded PostgreSQL keeps its data'),
  HOST: z.string().min(1).default('127.0.0.1').describe('the address that is listened on'),
  DEMO: z.enum(['on', 'off']).default('on').describe('whether the demo catalogue is seeded at the first start'),
  ...operationsEnv,
  LOG_LEVEL: logLevel().default('warn').describe('verbosity of the log'),
  TRUSTED_PROXIES: trustedProxies(),
  PSP_SECRET_KEY: z.string().min(8).default('sk_test_kontor_demo').describe('the key of the payment provider'),
  PSP_URL: z.url().optional().describe('a payment provider that speaks Stripe’s API; without it the simulator is used'),
});

/** The configuration of the whole system on one machine. */
export interface StackEnv {
  /** Undefined: start the embedded PostgreSQL. */
  readonly databaseUrl: string | undefined;
  /** Complete, or empty. */
  readonly schemaUrls: Readonly<Partial<Record<Schema, string>>>;
  readonly ports: Readonly<Record<Listener, number>>;
  readonly postgresPort: number;
  readonly dataFolder: string;
  readonly host: string;
  readonly demo: boolean;
  readonly logLevel: string;
  /** Which documents the BFFs answer. */
  readonly operations: NonNullable<BffDeps['operations']>;
  readonly trustedProxies: readonly string[];
  readonly pspSecretKey: string;
  readonly pspUrl: string | undefined;
}

/** @throws EnvError naming every bad key. */
export function readStackEnv(source: Readonly<Record<string, string | undefined>>): StackEnv {
  const env = parseEnv(shape, source);
  const values = env as unknown as Record<string, string | number | undefined>;
  const schemaUrls = Object.fromEntries(
    SCHEMAS.map((schema) => [schema, values[schemaVariable(schema)]]).filter(([, url]) => url !== undefined),
  ) as Partial<Record<Schema, string>>;
  const missing = SCHEMAS.filter((schema) => !schemaUrls[schema]);
  if (missing.length > 0 && missing.length < SCHEMAS.length)
    throw new EnvError(
      `Some schemas have a database URL of their own and some have none. Set these too: ${missing.map(schemaVariable).join(', ')}.`,
    );
  const ports = Object.fromEntries(
    LISTENERS.map((listener) => [listener, Number(values[portVariable(listener)])]),
  ) as Record<Listener, number>;
  const fixed = LISTENERS.filter((listener) => ports[listener] !== 0);
  const twice = fixed.find((listener, index) => fixed.findIndex((other) => ports[other] === ports[listener]) !== index);
  if (twice)
    throw new EnvError(
      `${portVariable(twice)} is ${ports[twice]}, which another service uses too. Give each its own port.`,
    );
  return {
    databaseUrl: env.DATABASE_URL,
    schemaUrls,
    ports,
    postgresPort: env.POSTGRES_PORT,
    dataFolder: env.DATA_DIR,
    host: env.HOST,
    demo: env.DEMO === 'on',
    logLevel: env.LOG_LEVEL,
    operations: { mode: env.OPERATIONS, manifests: env.OPERATION_MANIFESTS },
    trustedProxies: env.TRUSTED_PROXIES,
    pspSecretKey: env.PSP_SECRET_KEY,
    pspUrl: env.PSP_URL,
  };
}
