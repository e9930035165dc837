import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** A program that can be killed at any moment and started again as it was. */
export interface Killable {
  readonly name: string;
  readonly pid: number;
  /** How often it ended without having been killed. */
  readonly deaths: number;
  /** `kill -9`, and waits for the end. */
  kill(): Promise<void>;
  /** Starts it again, and waits until it answers. */
  restart(): Promise<void>;
}

/** Starts a program. @param isReady asked until it does not throw. */
export async function startKillable(options: {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly isReady: () => Promise<unknown>;
}): Promise<Killable> {
  const { name, command, args, env, isReady } = options;
  let child: ChildProcess;
  let deaths = 0;
  let killing = false;
  const start = async () => {
    // The channel carries nothing: its end tells a service that this process is gone.
    const stdio: Exclude<StdioOptions, string> = ['ignore', 'ignore', 'inherit'];
    child = spawn(command, args, { env, stdio: command === process.execPath ? [...stdio, 'ipc'] : stdio });
    killing = false;
    child.once('exit', () => {
      if (!killing) deaths += 1;
    });
    const failed = once(child, 'error').then(([error]) => {
      throw error as Error;
    });
    failed.catch(() => undefined);
    const end = Date.now() + READY_MS;
    for (;;) {
      if (child.exitCode !== null) throw new Error(`${name} ended with code ${child.exitCode} while starting.`);
      const ok = await Promise.race([isReady(), failed]).then(
        () => true,
        () => false,
      );
      if (ok) return;
      if (Date.now() > end) throw new Error(`${name} does not answer.`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  };
  await start();
  return {
    name,
    get pid() {
      return child.pid!;
    },
    get deaths() {
      return deaths;
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      killing = true;
      child.kill('SIGKILL');
      await ended;
    },
    restart: start,
  };
}

const READY_MS = 60_000;

/** The first free port from one on. */
export async function freePortFrom(port: number): Promise<number> {
  const isFree = await new Promise<boolean>((done) => {
    const probe = createServer();
    probe.once('error', () => done(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)));
  });
  return isFree ? port : freePortFrom(port + 1);
}
