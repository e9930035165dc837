import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { DEFAULT_PORTS, LISTENERS, type Listener } from '@kontor/stack/src/services.ts';

const MAIN = fileURLToPath(new URL('../../../packages/stack/src/main.ts', import.meta.url));
const READY_MS = 60_000;

/** `npm start` as a process of its own. */
export interface MainProcess {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly url: (listener: Listener) => string;
  /** Resolves when the table is printed. @throws Error with the output when the process ends before. */
  ready(): Promise<void>;
  /** @returns the exit code, null after SIGKILL. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** @param portOffset keeps runs apart from the defaults and from each other. */
export function startMain(environment: Readonly<Record<string, string>>, portOffset: number): MainProcess {
  const ports = Object.fromEntries(
    LISTENERS.map((listener) => [`${listener.toUpperCase()}_PORT`, String(DEFAULT_PORTS[listener] + portOffset)]),
  );
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env['PATH'], ...ports, POSTGRES_PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'exit') as Promise<[number | null]>;
  return {
    child,
    output: () => output,
    url: (listener) => `http://127.0.0.1:${DEFAULT_PORTS[listener] + portOffset}/graphql`,
    async ready() {
      const end = Date.now() + READY_MS;
      while (!output.includes('Kontor is ready')) {
        if (child.exitCode !== null || Date.now() > end) throw new Error(`not ready:\n${output}`);
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },
    async end(signal) {
      child.kill(signal);
      const [code] = await ended;
      return code;
    },
  };
}

/** Runs until the process ends by itself. @returns its code and what it printed. */
export async function runToEnd(
  environment: Readonly<Record<string, string>>,
  portOffset: number,
): Promise<{ code: number | null; output: string }> {
  const main = startMain(environment, portOffset);
  const [code] = (await once(main.child, 'exit')) as [number | null];
  return { code, output: main.output() };
}
