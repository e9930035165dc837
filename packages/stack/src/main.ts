import '@kontor/kit/src/production.ts';
import { createServer } from 'node:net';
import { readIdentityEnv } from '@kontor/customers/src/env.ts';
import { runProcess } from '@kontor/kit/src/process.ts';
import { banner } from './banner.ts';
import { prepareDatabase } from './database.ts';
import { seedDemo } from './demo/seed.ts';
import { readStackEnv, type StackEnv } from './env.ts';
import { LISTENERS, type Listener } from './services.ts';
import { createStack } from './stack.ts';

const isFree = (port: number, host: string) =>
  new Promise<boolean>((done) => {
    const probe = createServer();
    probe.once('error', () => done(false));
    probe.listen(port, host, () => probe.close(() => done(true)));
  });

/** Looked at before anything is started, so that a second start does no harm to the first. */
async function checkPorts({ ports, host }: StackEnv): Promise<void> {
  const taken: Listener[] = [];
  for (const listener of LISTENERS)
    if (ports[listener] !== 0 && !(await isFree(ports[listener], host))) taken.push(listener);
  if (taken.length === 0) return;
  const list = taken.map((listener) => `${ports[listener]} (${listener})`).join(', ');
  const [first] = taken;
  throw new Error(
    `Taken by another process: port ${list}. Stop it (is the system running already?), or choose other ports, such as ${first!.toUpperCase()}_PORT=${ports[first!] + 10_000}.`,
  );
}

/** `npm start`: PostgreSQL, migrations, demo data, every service in this process. */
await runProcess(async () => {
  const startedAt = performance.now();
  const env = readStackEnv(process.env);
  await checkPorts(env);
  const say = (text: string) => process.stdout.write(text);
  say('Starting PostgreSQL …\n');
  const database = await prepareDatabase(env);
  try {
    const stack = await createStack({
      urls: database.urls,
      logLevel: env.logLevel,
      demo: env.demo,
      operations: env.operations,
      trustedProxies: env.trustedProxies,
      identity: readIdentityEnv(process.env),
      psp: { secretKey: env.pspSecretKey, url: env.pspUrl, port: env.ports.psp, host: env.host },
    });
    await stack.start();
    if (env.demo) {
      const progress = process.stdout.isTTY
        ? (done: number, total: number, what: string) => say(`\r\u001b[KSeeding the demo: ${done}/${total} ${what}`)
        : undefined;
      const outcome = await seedDemo(stack.operator, progress);
      if (outcome === 'seeded')
        say(process.stdout.isTTY ? '\r\u001b[KThe demo catalogue is seeded.\n' : 'The demo catalogue is seeded.\n');
    }
    const ports = await stack.listen(env.ports, env.host);
    say(
      banner({
        ports,
        host: env.host,
        database: database.description,
        demo: env.demo,
        tookMs: performance.now() - startedAt,
      }),
    );
    return {
      async stop() {
        say('\nStopping …\n');
        await stack.stop();
        await database.stop();
      },
    };
  } catch (error) {
    await database.stop();
    throw error;
  }
});
