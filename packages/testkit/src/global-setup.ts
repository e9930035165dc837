import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@kontor/kit/src/embedded-postgres.ts';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The administrator's URL of the test run's PostgreSQL. */
    adminUrl: string;
  }
}

interface Shared {
  cluster?: ReturnType<typeof startCluster>;
  users: number;
}

// Every vitest project loads this module anew, in the same process: only a global is one for all of them.
const shared = ((globalThis as { kontorTestPostgres?: Shared }).kontorTestPostgres ??= { users: 0 });

async function startCluster() {
  const base = await mkdtemp(join(tmpdir(), 'kontor-test-'));
  const { chmod } = await import('node:fs/promises');
  await chmod(base, 0o755);
  // Durability is what chaos tests are about and they start their own; here a crash loses nothing but a test.
  const postgres = await startEmbeddedPostgres({
    folder: join(base, 'db'),
    port: 0,
    settings: { max_connections: '400', fsync: 'off', shared_buffers: '256MB' },
  });
  return {
    url: postgres.url,
    stop: async () => {
      await postgres.stop();
      await rm(base, { recursive: true, force: true });
    },
  };
}

/** One PostgreSQL for a whole test run, whichever projects take part in it. */
export default async function setup(project: TestProject) {
  shared.users += 1;
  const { url, stop } = await (shared.cluster ??= startCluster());
  project.provide('adminUrl', url);
  return async () => {
    shared.users -= 1;
    if (shared.users === 0) await stop();
  };
}
