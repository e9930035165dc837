/**
 * `npm run bench [-- --scenario 2,3,4] [--seconds 6] [--json FILE] [--markdown FILE]`: the scenarios of docs/benchmarks.md, each beside the
 * floor that it is held against, in one run.
 */
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '@kontor/kit/src/embedded-postgres.ts';
import { DEMO_KEYS } from '@kontor/stack/src/demo/keys.ts';
import { readStackEnv } from '@kontor/stack/src/env.ts';
import { importCatalogue } from '@kontor/stack/src/import/import-catalogue.ts';
import { openOperatorSession } from '@kontor/stack/src/import/operator-session.ts';
import { chooseTarget } from '@kontor/stack/src/import/target.ts';
import { run } from '@kontor/stack/src/operator.ts';
import { DEFAULT_PORTS, LISTENERS, SCHEMAS } from '@kontor/stack/src/services.ts';
import { provision } from '@kontor/kit/src/database.ts';
import postgres from 'postgres';
import { writeCatalogue } from './catalogue-6000.ts';
import { load, send, type LoadResult } from './load.ts';
import { fanOutScenario } from './fanout/scenario.ts';
import { reservationGrowth, reservationScenario } from './reservations/scenario.ts';
import { pricesScenario } from './prices/scenario.ts';
import { routerScenario } from './router/scenario.ts';
import { searchScenario } from './search/scenario.ts';
import { tokenScenario } from './token-check.ts';
import { machine, markdown, table, type Figure } from './report.ts';
import { startServer, type ServerProcess } from './server-process.ts';

/** Below the range that systems give to outgoing connections, one of which would be in the way. */
const OFFSET = 26_000;
const FLOOR_PORT = 30_999;
const PSP_KEY = 'sk_test_kontor_demo';
const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    markdown: { type: 'string' },
    seconds: { type: 'string', default: '6' },
    scenario: { type: 'string' },
  },
});
const measureMs = Number(values.seconds) * 1000;
const wanted = (scenario: string) => values.scenario === undefined || values.scenario.split(',').includes(scenario);

const ports = Object.fromEntries(
  LISTENERS.map((listener) => [`${listener.toUpperCase()}_PORT`, String(DEFAULT_PORTS[listener] + OFFSET)]),
);
const url = (listener: 'web' | 'router' | 'psp') =>
  `http://127.0.0.1:${DEFAULT_PORTS[listener] + OFFSET}${listener === 'psp' ? '' : '/graphql'}`;
/** As `npm start` has them: a larger young generation keeps 60 MB of what a start leaves behind. */
const NODE_ARGUMENTS = ['--max-semi-space-size=16'];
const MAIN = new URL('../../packages/stack/src/main.ts', import.meta.url);
const figures: Figure[] = [];
const note = (figure: Figure) => {
  figures.push(figure);
  console.log(
    `  ${figure.what}: ${figure.value.toPrecision(4)} ${figure.unit}${figure.floor ? ` (floor ${figure.floor.value.toPrecision(4)})` : ''}`,
  );
};

async function ask<Data>(
  at: 'web' | 'router',
  query: string,
  variables: Record<string, unknown>,
  key?: string,
): Promise<Data> {
  const response = await fetch(url(at), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key ? { authorization: `Bearer ${key}` } : {}) },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: Data; errors?: unknown };
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

const VARIANTS =
  'variants { id sku price { gross { minorUnits currency } } availability { status sellableQuantity version } }';
const LISTING = `query Listing($handle: String!) { collectionPage(handle: $handle, first: 24) { products { edges { node { handle title ${VARIANTS} } } pageInfo { hasNextPage endCursor } } } }`;
const PRODUCT = `query Product($handle: String!) { productPage(handle: $handle) { title ${VARIANTS} } }`;

function compare(
  scenario: string,
  result: LoadResult,
  floor: LoadResult,
  goals: { readonly cpu: string; readonly rate: string; readonly p99?: string },
): void {
  note({
    scenario,
    what: 'Node CPU per operation',
    value: result.cpuMsPerOperation,
    unit: 'ms',
    floor: { value: floor.cpuMsPerOperation, what: 'Node and SQL without GraphQL' },
    goal: goals.cpu,
  });
  note({
    scenario,
    what: 'operations per second',
    value: result.perSecond,
    unit: '/s',
    floor: { value: floor.perSecond, what: 'Node and SQL without GraphQL' },
    goal: goals.rate,
  });
  note({
    scenario,
    what: 'p99',
    value: result.p99Ms,
    unit: 'ms',
    floor: { value: floor.p99Ms, what: 'Node and SQL without GraphQL' },
    goal: goals.p99 ?? '',
  });
  if (result.failures > 0)
    note({ scenario, what: 'failed operations', value: result.failures, unit: '', floor: null, goal: '0' });
}

const expectBody = (marker: string) => (body: string) => {
  if (!body.includes(marker) || body.includes('"errors"')) throw new Error(`unexpected answer: ${body.slice(0, 300)}`);
  return body.length;
};

async function main(): Promise<void> {
  if (wanted('1')) {
    console.log('1 router');
    await routerScenario(measureMs, note);
  }
  if (wanted('5')) {
    console.log('5 reservations');
    await reservationScenario(measureMs, note);
  }
  if (wanted('6')) {
    console.log('6 fan-out');
    await fanOutScenario(measureMs, note);
  }
  if (wanted('8')) {
    console.log('8 growth');
    await reservationGrowth(measureMs, note);
  }
  if (wanted('10')) {
    console.log('10 token check');
    await tokenScenario(measureMs, note);
  }
  if (wanted('11')) {
    console.log('11 search');
    await searchScenario(measureMs, note);
  }
  if (wanted('12')) {
    console.log('12 prices');
    await pricesScenario(measureMs, note);
  }
  if (['2', '3', '4', '7', '9'].some(wanted)) await stackScenarios();
  const result = { machine: machine(), figures };
  console.log(`\n${table(figures)}\n\n${JSON.stringify(result.machine)}`);
  if (values.markdown) await writeFile(values.markdown, markdown(figures, result.machine));
  if (values.json) await writeFile(values.json, `${JSON.stringify(result, null, 2)}\n`);
}

/** The scenarios that need the whole system. */
async function stackScenarios(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kontor-bench-'));
  await chmod(folder, 0o755);
  const environment = { ...ports, DATA_DIR: folder, POSTGRES_PORT: '0', LOG_LEVEL: 'error' };
  const env = readStackEnv(environment);
  const servers: ServerProcess[] = [];
  try {
    console.log('9 start');
    const bare = await startServer(
      new URL('floor-start.ts', import.meta.url),
      { DATA_DIR: join(folder, 'floor') },
      'ready',
    );
    await bare.stop();
    const first = await startServer(MAIN, environment, 'Kontor is ready', [], NODE_ARGUMENTS);
    note({
      scenario: '9 start',
      what: 'first start, with migrations and demo',
      value: first.readyMs / 1000,
      unit: 's',
      floor: { value: bare.readyMs / 1000, what: 'an empty PostgreSQL and Node' },
      goal: '≤ 15 s',
    });
    await first.stop();
    const warm = await startServer(MAIN, environment, 'Kontor is ready', [], NODE_ARGUMENTS);
    note({
      scenario: '9 start',
      what: 'warm start',
      value: warm.readyMs / 1000,
      unit: 's',
      floor: null,
      goal: '≤ 5 s',
    });
    note({
      scenario: '9 start',
      what: 'resident memory of Node',
      value: warm.residentMb(),
      unit: 'MB',
      floor: null,
      goal: '≤ 400 MB',
    });
    await warm.stop();

    console.log('7 import');
    const session = await openOperatorSession(env);
    const target = await chooseTarget(session.operator, { channels: [], currency: undefined, location: undefined });
    const sample = process.env['SAMPLE_DATA'];
    const generated = join(folder, 'bench.csv');
    await writeCatalogue(generated, 2_000, 3);
    const fashion = sample ? join(sample, 'catalogues', 'fashion.csv') : generated;
    const report = await importCatalogue(session.operator, fashion, target);
    const again = await importCatalogue(session.operator, fashion, target);
    const insertFloor = await floorOfImport(folder, report.variants);
    note({
      scenario: '7 import',
      what: sample ? 'the fashion catalogue' : 'a generated catalogue (SAMPLE_DATA is not set)',
      value: (report.variants / report.tookMs) * 1000,
      unit: 'variants/s',
      floor: { value: insertFloor, what: 'rows of the same number into three bare tables' },
      goal: '≥ 3,000 variants/s',
    });
    note({
      scenario: '7 import',
      what: 'again, nothing changed',
      value: (again.variants / again.tookMs) * 1000,
      unit: 'variants/s',
      floor: null,
      goal: '',
    });
    if (sample) await importCatalogue(session.operator, generated, target);
    await run(
      session.operator,
      'products',
      'mutation C($input: CollectionsUpsertInput!) { collectionsUpsert(input: $input) { collectionIds } }',
      {
        input: {
          collections: [
            {
              handle: 'bench-all',
              title: 'Bench',
              descriptionHtml: '',
              productHandles: Array.from({ length: 2_000 }, (_, index) => `bench-${index}`),
            },
          ],
        },
      },
    );
    await session.close();

    const server = await startServer(MAIN, environment, 'Kontor is ready', [], NODE_ARGUMENTS);
    servers.push(server);
    const database = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), port: 0 });
    const urls = await provision(database.url, SCHEMAS);
    const floor = await startServer(
      new URL('floors.ts', import.meta.url),
      {
        PRODUCTS_URL: urls['products']!,
        PRICES_URL: urls['prices']!,
        STOCK_URL: urls['stock']!,
        PSP_URL: url('psp'),
        PSP_KEY,
        PORT: String(FLOOR_PORT),
      },
      'floor is ready',
    );
    servers.push(floor);
    const floorGet = async (path: string) => {
      const response = await fetch(`http://127.0.0.1:${FLOOR_PORT}${path}`);
      const body = await response.text();
      if (!response.ok) throw new Error(`the floor failed: ${body.slice(0, 300)}`);
      return body.length;
    };
    const options = { workers: 8, warmupMs: 3_000, measureMs };

    if (wanted('2')) {
      console.log('2 listing');
      const check = expectBody('"sellableQuantity"');
      const result = await load(server, options, async () =>
        check(await send(url('web'), { query: LISTING, variables: { handle: 'bench-all' } })),
      );
      compare('2 listing', result, await load(floor, options, () => floorGet('/listing?q=bench-all')), {
        cpu: '≤ 2 ms',
        rate: '480/s',
      });
    }
    if (wanted('3')) {
      console.log('3 product');
      const check = expectBody('"sellableQuantity"');
      const result = await load(server, options, async (worker, round) =>
        check(
          await send(url('web'), { query: PRODUCT, variables: { handle: `bench-${(worker * 251 + round) % 2_000}` } }),
        ),
      );
      compare(
        '3 product',
        result,
        await load(floor, options, (worker, round) => floorGet(`/product?q=bench-${(worker * 251 + round) % 2_000}`)),
        { cpu: '≤ 1 ms', rate: '1,000/s' },
      );
    }
    if (wanted('4')) {
      console.log('4 checkout');
      await checkouts(server, floor, floorGet, options);
    }
  } finally {
    for (const each of servers.reverse()) await each.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function checkouts(
  server: ServerProcess,
  floor: ServerProcess,
  floorGet: (path: string) => Promise<number>,
  options: { warmupMs: number; measureMs: number },
): Promise<void> {
  const { productPage } = await ask<{
    productPage: { variants: { id: string; availability: { sellableQuantity: number } }[] };
  }>('web', PRODUCT, { handle: 'bench-7' });
  const variantId = productPage.variants[0]!.id;
  const staff = DEMO_KEYS.router.find((key) => key.role === 'staff')!.key;
  const onHand = async () => {
    const { stockLevels } = await ask<{
      stockLevels: { available: number; reserved: number; committed: number; onHand: number }[];
    }>(
      'router',
      'query L($id: ID!) { stockLevels(variantId: $id) { available reserved committed onHand } }',
      { id: variantId },
      staff,
    );
    return stockLevels.reduce(
      (sum, level) => ({
        available: sum.available + level.available,
        committed: sum.committed + level.committed,
        onHand: sum.onHand + level.onHand,
      }),
      { available: 0, committed: 0, onHand: 0 },
    );
  };
  const before = await onHand();
  const address = { name: 'Bench', street: 'Torstraße 1', city: 'Berlin', postalCode: '10119', country: 'DE' };
  let placed = 0;
  const result = await load(server, { workers: 10, ...options }, async (worker) => {
    const cart = JSON.parse(
      await send(url('web'), {
        query: 'mutation C($i: CartCreateInput!) { cartCreate(input: $i) { token cart { id } } }',
        variables: { i: { currency: 'EUR', country: 'DE', lines: [{ variantId, quantity: 1 }] } },
      }),
    ) as { data: { cartCreate: { token: string; cart: { id: string } } } };
    const {
      token,
      cart: { id: cartId },
    } = cart.data.cartCreate;
    const body = await send(url('web'), {
      query:
        'mutation P($i: CheckoutInput!) { checkout(input: $i) { __typename ... on OrderPlaced { order { id number total { gross { minorUnits } } } } ... on UserError { code message } } }',
      variables: {
        i: {
          cartId,
          token,
          contact: { email: `bench-${worker}@example.com` },
          shippingAddress: address,
          tenders: [{ kind: 'CARD', token: 'pm_card_visa' }],
          idempotencyKey: randomUUID(),
        },
      },
    });
    expectBody('"OrderPlaced"')(body);
    placed += 1;
    return body.length;
  });
  const after = await onHand();
  const bare = await load(floor, { workers: 10, ...options }, () => floorGet(`/checkout?q=${variantId}`));
  compare('4 checkout', result, bare, { cpu: '≤ 4.5 ms', rate: '270/s', p99: '≤ 150 ms' });
  note({
    scenario: '4 checkout',
    what: 'oversold or unaccounted units',
    value: Math.abs(after.committed - before.committed - placed) + Math.abs(after.onHand - before.onHand),
    unit: '',
    floor: null,
    goal: '0',
  });
}

/** Rows a second into three bare tables by `insert … select unnest`, in batches as the import has them: what no import can exceed. */
async function floorOfImport(folder: string, variants: number): Promise<number> {
  const database = await startEmbeddedPostgres({ folder: join(folder, 'floor', 'postgres'), port: 0 });
  const sql = postgres(database.url, { max: 1, onnotice: () => undefined });
  try {
    await sql.unsafe(
      'drop table if exists a, b, c; create table a (id uuid primary key, title text); create table b (id uuid primary key, amount int); create table c (id uuid primary key, quantity int)',
    );
    const startedAt = performance.now();
    for (let from = 0; from < variants; from += 600) {
      const ids = Array.from({ length: Math.min(600, variants - from) }, () => randomUUID());
      await sql`insert into a select id, 'title' from unnest(${ids}::uuid[]) id`;
      await sql`insert into b select id, 100 from unnest(${ids}::uuid[]) id`;
      await sql`insert into c select id, 10 from unnest(${ids}::uuid[]) id`;
    }
    return (variants / (performance.now() - startedAt)) * 1000;
  } finally {
    await sql.end();
    await database.stop();
  }
}

await main();
