import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@kontor/kit/src/embedded-postgres.ts';
import postgres from 'postgres';
import { until } from './pauses.ts';

/** A PostgreSQL, as durable as in production, that is looked after as the stack looks after its own. */
export interface KillablePostgres {
  /** The administrator's URL. */
  readonly url: string;
  readonly port: number;
  /** `kill -9` of the server and of all its processes; waits until it was started again on the same folder. */
  killAndRecover(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it in a folder of its own. `fsync` and `synchronous_commit` are as PostgreSQL has them: on. */
export async function startKillablePostgres(port: number): Promise<KillablePostgres> {
  const base = await mkdtemp(join(tmpdir(), 'kontor-chaos-'));
  await chmod(base, 0o755);
  let restarts = 0;
  const server = await startEmbeddedPostgres({
    folder: join(base, 'db'),
    port,
    settings: { max_connections: '200', shared_buffers: '128MB' },
    onRestart: () => {
      restarts += 1;
    },
  });
  const folder = await dataFolder(server.url);
  return {
    url: server.url,
    port: server.port,
    async killAndRecover() {
      const before = restarts;
      const postmaster = Number((await readFile(join(folder, 'postmaster.pid'), 'utf8')).split('\n')[0]);
      // The server first, so that it cannot clean up after its children.
      for (const pid of [postmaster, ...childrenOf(postmaster)]) kill(pid);
      await until('PostgreSQL is started again', 60_000, () => restarts > before);
    },
    async stop() {
      await server.stop();
      await rm(base, { recursive: true, force: true });
    },
  };
}

async function dataFolder(url: string): Promise<string> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    const [row] = await sql<{ folder: string }[]>`select current_setting('data_directory') as folder`;
    return row!.folder;
  } finally {
    await sql.end();
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** The processes that a process started. */
function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        // "pid (name) state parent …": the name may hold anything but comes to its end with the last bracket.
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent;
      } catch {
        return false;
      }
    });
}
