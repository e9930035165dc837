import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const READY_MS = 120_000;
/** USER_HZ of Linux: what /proc counts CPU time in. */
const TICKS_PER_SECOND = 100;

/** A server under load, in a process of its own, so that its CPU can be told from the load's. */
export interface ServerProcess {
  readonly child: ChildProcess;
  /** From the start of the process until it said that it is ready. */
  readonly readyMs: number;
  /** CPU milliseconds that it has used, user and system. */
  cpuMs(): number;
  /** Resident memory in megabytes. */
  residentMb(): number;
  stop(): Promise<void>;
}

/** Starts a script of this repository and waits until it prints `readyText`. */
export async function startServer(
  script: URL,
  environment: Readonly<Record<string, string>>,
  readyText: string,
  args: readonly string[] = [],
  nodeArgs: readonly string[] = [],
): Promise<ServerProcess> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...nodeArgs, fileURLToPath(script), ...args], {
    env: { PATH: process.env['PATH'], APOLLO_TELEMETRY_DISABLED: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  await new Promise<void>((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`not ready after ${READY_MS} ms:\n${output}`)), READY_MS);
    const look = (chunk: Buffer) => {
      output += chunk.toString();
      if (!output.includes(readyText)) return;
      clearTimeout(timer);
      done();
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.once('exit', (code) => fail(new Error(`ended with code ${code}:\n${output}`)));
  });
  const readyMs = performance.now() - startedAt;
  const proc = (file: string) => readFileSync(`/proc/${child.pid}/${file}`, 'utf8');
  return {
    child,
    readyMs,
    cpuMs() {
      // The command's name stands in brackets and may hold spaces; utime and stime are the 14th and 15th field (proc(5)).
      const fields = proc('stat').split(') ')[1]!.split(' ');
      return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1000;
    },
    residentMb: () => Number(/VmRSS:\s+(\d+) kB/.exec(proc('status'))![1]) / 1024,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
