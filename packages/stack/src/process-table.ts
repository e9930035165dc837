import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { generateInternalKeys } from '@kontor/kit/src/auth/internal-token.ts';
import { urlVariable } from '@kontor/kit/src/process.ts';
import { DEMO_KEYS } from './demo/keys.ts';
import {
  bffName,
  BFFS,
  CHANNELS_OF,
  IDENTITIES,
  PEERS,
  SUBGRAPHS,
  type Bff,
  type Listener,
  type Schema,
  type Subgraph,
} from './services.ts';

const READY_MS = 60_000;
const STOP_MS = 12_000;

/** One process of a service. */
export interface ServiceProcess {
  readonly name: Listener;
  readonly port: number;
  readonly child: ChildProcess;
  /** Sends SIGTERM and waits for the end; SIGKILL after 12 seconds. */
  stop(): Promise<void>;
}

export interface DistributedOptions {
  readonly urls: Readonly<Record<Schema, string>>;
  readonly natsUrl: string;
  /** The first process of a service listens here, the second 100 above. */
  readonly ports: Readonly<Record<Listener, number>>;
  /** Processes of every subgraph. */
  readonly replicas: number;
  /** Where the children find programs. */
  readonly path: string | undefined;
  /** What every process finds in its environment, such as where it traces to. */
  readonly common?: Readonly<Record<string, string | undefined>>;
  readonly logLevel: string;
  /** Whether GraphiQL offers the demo's keys. */
  readonly demo: boolean;
  readonly pspSecretKey: string;
  readonly pspUrl: string | undefined;
  /** Told when a process ends that nobody stopped. */
  readonly onExit: (name: Listener, code: number | null) => void;
}

/** The system with every service in a process of its own. */
export interface Distributed {
  readonly processes: readonly ServiceProcess[];
  /** Starts a process of a service again, at the port that it had. */
  restart(process: ServiceProcess): Promise<ServiceProcess>;
  /** Keys of the operator, for calls to internal graphs from outside. */
  readonly operatorKeys: Awaited<ReturnType<typeof generateInternalKeys>>[string];
  stop(): Promise<void>;
}

const mainOf = (name: Listener): string => {
  const folder =
    name === 'router'
      ? 'router'
      : name === 'psp'
        ? 'packages/psp'
        : (SUBGRAPHS as readonly string[]).includes(name)
          ? `subgraphs/${name}`
          : `bffs/${name}`;
  return fileURLToPath(new URL(`../../../${folder}/src/main.ts`, import.meta.url));
};

async function waitUntilReady(name: Listener, port: number, child: ChildProcess): Promise<void> {
  const end = Date.now() + READY_MS;
  const path = name === 'psp' ? '/livez' : '/readyz';
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${name} ended with code ${child.exitCode} while starting.`);
    const ok = await fetch(`http://127.0.0.1:${port}${path}`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ok) return;
    if (Date.now() > end) throw new Error(`${name} was not ready after ${READY_MS / 1000} s.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Starts every service as a process, in the order in which they need each other, and waits until all are ready. */
export async function startDistributed(options: DistributedOptions): Promise<Distributed> {
  const { ports, urls, replicas } = options;
  const keys = await generateInternalKeys(IDENTITIES, CHANNELS_OF);
  const processes: ServiceProcess[] = [];
  const base = (name: Listener) =>
    Array.from(
      { length: (SUBGRAPHS as readonly string[]).includes(name) ? replicas : 1 },
      (_, index) => `http://127.0.0.1:${ports[name] + 100 * index}`,
    ).join(',');
  const toSubgraphs = (names: readonly Subgraph[]) =>
    Object.fromEntries(names.map((name) => [urlVariable(name), base(name)]));

  const keysOf = (place: 'router' | Bff) =>
    JSON.stringify(
      options.demo ? DEMO_KEYS[place].map(({ label, key, description }) => ({ label, key, description })) : [],
    );

  const environmentOf = (name: Listener): Record<string, string> => {
    const common = { LOG_LEVEL: options.logLevel, NATS_URL: options.natsUrl };
    if (name === 'psp') return { ...common, DATABASE_URL: urls.psp, PSP_SECRET_KEY: options.pspSecretKey };
    if (name === 'router')
      return {
        ...common,
        INTERNAL_KEYS: JSON.stringify(keys['router']),
        IDE_KEYS: keysOf('router'),
        EXPOSE_PLANS: options.demo ? 'on' : 'off',
        ...toSubgraphs(SUBGRAPHS),
      };
    if ((BFFS as readonly string[]).includes(name))
      return {
        ...common,
        INTERNAL_KEYS: JSON.stringify(keys[bffName(name as Bff)]),
        IDE_KEYS: keysOf(name as Bff),
        ROUTER_URL: base('router'),
        ...toSubgraphs(['customers', 'stock']),
      };
    const subgraph = name as Subgraph;
    const own = {
      ...common,
      INTERNAL_KEYS: JSON.stringify(keys[subgraph]),
      DATABASE_URL: urls[subgraph],
      ...toSubgraphs(PEERS[subgraph]),
    };
    return subgraph === 'orders'
      ? { ...own, PSP_URL: options.pspUrl ?? base('psp'), PSP_SECRET_KEY: options.pspSecretKey }
      : own;
  };

  const launch = async (name: Listener, port: number): Promise<ServiceProcess> => {
    const child = spawn(process.execPath, [mainOf(name)], {
      env: {
        PATH: options.path,
        APOLLO_TELEMETRY_DISABLED: '1',
        ...options.common,
        ...environmentOf(name),
        [`${name.toUpperCase()}_PORT`]: String(port),
      },
      // The channel carries nothing: its end tells the child that this process is gone.
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // A Ctrl-C reaches the launcher alone, which then stops its children in order.
      detached: true,
    });
    let stopping = false;
    child.once('exit', (code) => {
      if (!stopping) options.onExit(name, code);
    });
    const started: ServiceProcess = {
      name,
      port,
      child,
      async stop() {
        stopping = true;
        if (child.exitCode !== null || child.signalCode !== null) return;
        const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        await ended;
        clearTimeout(timer);
      },
    };
    processes.push(started);
    await waitUntilReady(name, port, child);
    return started;
  };

  const stop = async () => {
    const backwards: Listener[][] = [[...BFFS], ['router'], [...SUBGRAPHS], ['psp']];
    for (const group of backwards)
      await Promise.all(processes.filter((each) => group.includes(each.name)).map((each) => each.stop()));
  };

  try {
    if (options.pspUrl === undefined) await launch('psp', ports.psp);
    const subgraphs = SUBGRAPHS.flatMap((name) =>
      Array.from({ length: replicas }, (_, index) => launch(name, ports[name] + 100 * index)),
    );
    await Promise.all(subgraphs);
    await launch('router', ports.router);
    await Promise.all(BFFS.map((bff) => launch(bff, ports[bff])));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    processes,
    operatorKeys: keys['operator']!,
    async restart(old) {
      await old.stop();
      processes.splice(processes.indexOf(old), 1);
      return launch(old.name, old.port);
    },
    stop,
  };
}
