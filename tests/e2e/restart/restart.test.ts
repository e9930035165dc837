import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@kontor/kit/src/embedded-postgres.ts';
import { adminUrlOfWorker } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { ask } from '@kontor/testkit/src/graph-client.ts';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shopperWith, variantsOf } from '../shopper.ts';
import { runToEnd, startMain } from './main-process.ts';

/** Below the range that systems give to outgoing connections, one of which would be in the way. */
const PORTS = 24_000;
const ORDER = 'query O($id: ID!, $token: String) { order(id: $id, token: $token) { number status } }';

describe('npm start', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kontor-start-'));
    await chmod(folder, 0o755);
  });
  afterAll(async () => {
    const left = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), port: 0 });
    await left.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('loses no order through Ctrl-C, nor through kill -9, and starts again each time', async () => {
    const first = startMain({ DATA_DIR: folder }, PORTS);
    await first.ready();
    const web = first.url('web');
    const variant = (await variantsOf(web, 'trail-lantern'))[0]!;
    const buy = async () => {
      const shopper = await shopperWith(web, [{ variantId: variant.id, quantity: 1 }]);
      const placed = await shopper.checkout();
      expect(placed.__typename).toBe('OrderPlaced');
      return { id: placed.order!.id, number: placed.order!.number, token: shopper.token };
    };
    const orders = [await buy()];
    expect(await first.end('SIGINT')).toBe(0);

    const second = startMain({ DATA_DIR: folder }, PORTS);
    await second.ready();
    expect(second.output()).not.toContain('seeded');
    orders.push(await buy());
    expect(await second.end('SIGKILL')).toBeNull();

    const third = startMain({ DATA_DIR: folder }, PORTS);
    await third.ready();
    expect(third.output()).toContain('taken over while running');
    for (const order of orders)
      expect(await ask(web, ORDER, { id: order.id, token: order.token })).toEqual({
        order: { number: order.number, status: 'PLACED' },
      });
    expect((await variantsOf(web, 'trail-lantern'))[0]!.availability!.sellableQuantity).toBe(
      variant.availability!.sellableQuantity - orders.length,
    );
    expect(await third.end('SIGTERM')).toBe(0);
  });

  it('goes on selling after PostgreSQL was killed under it', async () => {
    const main = startMain({ DATA_DIR: folder }, PORTS);
    await main.ready();
    const web = main.url('web');
    const [variant] = await variantsOf(web, 'trail-lantern');
    const shopper = await shopperWith(web, [{ variantId: variant!.id, quantity: 1 }]);
    const [pid] = (await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
    process.kill(Number(pid), 'SIGKILL');
    // One key, however often it has to be sent: one order.
    const placed = await eventually(async () => {
      const outcome = await shopper.checkout({ idempotencyKey: 'across-a-crash' });
      expect(outcome.__typename).toBe('OrderPlaced');
      return { id: outcome.order!.id, token: shopper.token };
    }, 60_000);
    expect(main.output()).toContain('PostgreSQL had ended and was started again.');
    expect(await ask(web, ORDER, placed)).toMatchObject({ order: { status: 'PLACED' } });
    await eventually(async () =>
      expect((await variantsOf(web, 'trail-lantern'))[0]!.availability!.sellableQuantity).toBe(
        variant!.availability!.sellableQuantity - 1,
      ),
    );
    expect(await main.end('SIGTERM')).toBe(0);
  });

  it('says in one line which port is taken and what to do', async () => {
    const taken = createServer();
    await new Promise<void>((done) => taken.listen(4010 + PORTS, '127.0.0.1', done));
    const { code, output } = await runToEnd({ DATA_DIR: folder }, PORTS);
    taken.close();
    expect({ code, output }).toEqual({
      code: 1,
      output: `Taken by another process: port 28010 (web). Stop it (is the system running already?), or choose other ports, such as WEB_PORT=38010.\n`,
    });
  });

  it('says in one line what is wrong with DATABASE_URL', async () => {
    const unreachable = await runToEnd({ DATABASE_URL: 'postgres://someone:secret@127.0.0.1:9/shop' }, PORTS);
    expect(unreachable.code).toBe(1);
    expect(unreachable.output).toContain(
      'DATABASE_URL (127.0.0.1:9/shop) cannot be used: nothing listens there. Start PostgreSQL, correct the URL, or unset the variable',
    );
    expect(unreachable.output).not.toContain('secret');
    const malformed = await runToEnd({ DATABASE_URL: 'mysql://localhost/shop' }, PORTS);
    expect(malformed).toEqual({
      code: 1,
      output: expect.stringContaining(
        'DATABASE_URL: must look like postgres://user:password@host:5432/database',
      ) as string,
    });
  });

  it('names every environment value that cannot be used', async () => {
    const { code, output } = await runToEnd({ LOG_LEVEL: 'loud', WEB_PORT: 'ninety', DEMO: 'perhaps' }, PORTS);
    expect(code).toBe(1);
    for (const key of ['LOG_LEVEL', 'WEB_PORT', 'DEMO']) expect(output).toMatch(new RegExp(`^ {2}${key}: .+`, 'm'));
    expect(output).not.toContain('    at ');
  });

  it('runs on an outside PostgreSQL with a role that is no superuser, and refuses one that may make no roles', async () => {
    const admin = postgres(adminUrlOfWorker(), { max: 1, onnotice: () => undefined });
    const url = (user: string, database: string) => {
      const changed = new URL(adminUrlOfWorker());
      changed.username = user;
      changed.password = 'outside-secret';
      changed.pathname = `/${database}`;
      return changed.href;
    };
    try {
      await admin.unsafe(`create role outside_owner login createrole nosuperuser password 'outside-secret'`);
      await admin.unsafe(`create role outside_plain login nosuperuser password 'outside-secret'`);
      await admin.unsafe('create database outside_shop owner outside_owner');
      // The roles of the subgraphs belong to the whole cluster and were made by its administrator for other tests.
      for (const { rolname } of await admin<
        { rolname: string }[]
      >`select rolname from pg_roles where rolname like 'kontor\\_%'`)
        await admin.unsafe(`grant ${rolname} to outside_owner with admin option`);

      // Twice: the second start finds the roles made.
      for (const start of ['first', 'second']) {
        const main = startMain({ DATABASE_URL: url('outside_owner', 'outside_shop') }, PORTS);
        await main.ready();
        const [variant] = await variantsOf(main.url('web'), 'trail-lantern');
        expect({ start, left: variant!.availability!.sellableQuantity }).toEqual({ start, left: 20 });
        expect(await main.end('SIGTERM')).toBe(0);
      }

      const refused = await runToEnd({ DATABASE_URL: url('outside_plain', 'outside_shop') }, PORTS);
      expect(refused.code).toBe(1);
      expect(refused.output).toContain('the role "outside_plain" may not make roles: grant it CREATEROLE');
    } finally {
      await admin.end();
    }
  });
});
