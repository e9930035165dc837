import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@kontor/kit/src/embedded-postgres.ts';
import { CUSTOMERS, DEMO_PASSWORD } from '@kontor/stack/src/demo/customers.ts';
import { DEMO_KEYS } from '@kontor/stack/src/demo/keys.ts';
import { STAFF } from '@kontor/stack/src/demo/staff.ts';
import { ask, post } from '@kontor/testkit/src/graph-client.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startMain, type MainProcess } from './main-process.ts';

/** Below the range that systems give to outgoing connections, and apart from the other runs. */
const PORTS = 25_000;
const PLACES = Object.keys(DEMO_KEYS) as (keyof typeof DEMO_KEYS)[];
const SIGN_IN = 'mutation SignIn($input: SignInInput!) { signIn(input: $input) { __typename } }';
const STAFF_SIGN_IN = 'mutation SignIn($input: StaffSignInInput!) { staffSignIn(input: $input) { __typename } }';

let folder: string;
let main: MainProcess;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kontor-plain-'));
  await chmod(folder, 0o755);
  main = startMain({ DATA_DIR: folder, DEMO: 'off' }, PORTS);
  await main.ready();
});
afterAll(async () => {
  await main.end('SIGTERM');
  // What is left running, if anything, is ended with it.
  const left = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), port: 0 });
  await left.stop();
  await rm(folder, { recursive: true, force: true });
});

it('takes none of the demo’s keys, devices, PINs and passwords when it was started without the demo', async () => {
  for (const place of PLACES)
    for (const { key } of DEMO_KEYS[place]) {
      const { status, body } = await post(main.url(place), '{ __typename }', {}, key);
      expect([place, status, body.errors?.[0]?.extensions?.['code']]).toEqual([place, 401, 'UNAUTHENTICATED']);
    }
  const device = DEMO_KEYS.pos.find(({ role }) => role === 'device')!.key;
  const [{ code, pin }] = STAFF as [(typeof STAFF)[number]];
  const atRegister = await post(main.url('pos'), STAFF_SIGN_IN, { input: { staffCode: code, pin } }, device);
  expect(atRegister.status).toBe(401);
  for (const { email } of CUSTOMERS.filter(({ hasPassword }) => hasPassword))
    expect(await ask(main.url('web'), SIGN_IN, { input: { email, password: DEMO_PASSWORD } })).toEqual({
      signIn: { __typename: 'InvalidCredentials' },
    });
});

it('shows none of them either', async () => {
  const secrets = [...Object.values(DEMO_KEYS).flatMap((keys) => keys.map(({ key }) => key)), DEMO_PASSWORD];
  expect(secrets.filter((secret) => main.output().includes(secret))).toEqual([]);
  for (const place of PLACES) {
    const page = await (await fetch(main.url(place), { headers: { accept: 'text/html' } })).text();
    expect([place, DEMO_KEYS[place].filter(({ key }) => page.includes(key))]).toEqual([place, []]);
  }
});
