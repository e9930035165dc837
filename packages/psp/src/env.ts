import { logLevel, port, postgresUrl } from '@kontor/kit/src/env.ts';
import { z } from 'zod';

/** The environment of the simulator's own process. */
export const pspEnv = z.object({
  PSP_PORT: port().default(4090).describe('where it listens'),
  DATABASE_URL: postgresUrl().describe('the URL of the role that owns the schema psp'),
  PSP_SECRET_KEY: z.string().min(16).default('sk_test_kontor_demo').describe('the key that shops sign in with'),
  LOG_LEVEL: logLevel().default('info').describe('verbosity of the log'),
});
