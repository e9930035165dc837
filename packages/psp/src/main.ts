import { fileURLToPath } from 'node:url';
import { migrate, openDatabase } from '@kontor/kit/src/database.ts';
import { parseEnv } from '@kontor/kit/src/env.ts';
import { createLogger } from '@kontor/kit/src/logger.ts';
import { runProcess } from '@kontor/kit/src/process.ts';
import { createPsp } from './app.ts';
import { pspEnv } from './env.ts';

await runProcess(async () => {
  const env = parseEnv(pspEnv, process.env);
  const logger = createLogger('psp', env.LOG_LEVEL);
  await migrate(env.DATABASE_URL, 'psp', fileURLToPath(new URL('../../../drizzle/psp/migrations', import.meta.url)));
  const psp = createPsp({
    db: openDatabase({ url: env.DATABASE_URL, name: 'psp' }),
    secretKey: env.PSP_SECRET_KEY,
    logger,
  });
  const listening = await psp.listen(env.PSP_PORT);
  logger.info({ port: listening }, 'listening');
  return psp;
});
