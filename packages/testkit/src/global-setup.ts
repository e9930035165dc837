import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@kontor/kit/src/embedded-postgres.ts';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The administrator's URLs of the test run's PostgreSQLs, one for each worker. */
    adminUrls: readonly string[];
  }
}

interface Shared {
  clusters?: Promise<Awaited<ReturnType<typeof startCluster>>[]>;
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

/**
 * One PostgreSQL for each worker of a test run, whichever projects take part in it: transactions of one test hold back what others may take
 * as settled, since snapshots are those of the whole server.
 */
export default async function setup(project: TestProject) {
  shared.users += 1;
  const start = () => Promise.all(Array.from({ length: availableParallelism() }, startCluster));
  const clusters = await (shared.clusters ??= start());
  project.provide(
    'adminUrls',
    clusters.map(({ url }) => url),
  );
  return async () => {
    shared.users -= 1;
    if (shared.users === 0) await Promise.all(clusters.map(({ stop }) => stop()));
  };
}
