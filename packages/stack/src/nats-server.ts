import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';

const READY_MS = 10_000;

/** A NATS server with JetStream, started from the machine's `nats-server`. */
export interface NatsServer {
  readonly url: string;
  stop(): Promise<void>;
}

const answers = (port: number) =>
  new Promise<boolean>((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });

/** @throws Error with one clear line when there is no `nats-server`, or its port is taken. */
export async function startNatsServer(options: {
  readonly port: number;
  readonly folder: string;
}): Promise<NatsServer> {
  if (await answers(options.port))
    throw new Error(
      `Port ${options.port} for nats-server is taken. If a NATS server with JetStream runs there, use it: NATS_URL=nats://127.0.0.1:${options.port}. Else stop what is there.`,
    );
  await mkdir(options.folder, { recursive: true });
  const child = spawn('nats-server', ['-a', '127.0.0.1', '-p', String(options.port), '-js', '-sd', options.folder], {
    stdio: 'ignore',
    detached: true,
  });
  const failed = once(child, 'error').then(([error]) => {
    throw new Error(
      'There is no nats-server on this machine. Install it (Debian: apt-get install nats-server), or set NATS_URL to one that runs with JetStream.',
      { cause: error },
    );
  });
  const ready = (async () => {
    const end = Date.now() + READY_MS;
    while (!(await answers(options.port))) {
      if (child.exitCode !== null || Date.now() > end)
        throw new Error(`nats-server did not start on port ${options.port}. Is the port taken?`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  })();
  await Promise.race([ready, failed]);
  return {
    url: `nats://127.0.0.1:${options.port}`,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
