import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DEMO_KEYS } from '@kontor/stack/src/demo/keys.ts';
import { DEFAULT_PORTS, LISTENERS } from '@kontor/stack/src/services.ts';
import type { Figure } from '../report.ts';
import { startServer, type ServerProcess } from '../server-process.ts';
import { now, startAudience, type Audience, type Deliveries } from './audience.ts';
import { collectedMemoryMb } from './collected-memory.ts';

/** Below the range that systems give to outgoing connections, one of which would be in the way. */
const OFFSET = 26_000;
const FLOOR_PORT = 30_998;
const INSPECTOR_PORT = 30_997;
/** How long clients may take to have the last version before they count as having missed it. */
const FINAL_STATE_MS = 10_000;
const WARMUP_CHANGES = 20;
const STACK = new URL('../../../packages/stack/src/main.ts', import.meta.url);
const FLOOR = new URL('floor.ts', import.meta.url);
const STAFF = DEMO_KEYS.router.find(({ role }) => role === 'staff')!.key;

const CASES = [
  { clients: 5_000, changesPerSecond: 2, measuresMemory: true },
  { clients: 1_000, changesPerSecond: 20, measuresMemory: false },
] as const;
type Case = (typeof CASES)[number];

const portOf = (listener: 'web' | 'router') => DEFAULT_PORTS[listener] + OFFSET;

const SUBSCRIPTION = `subscription Live($variantIds: [ID!]!) {
  availabilityChanged(variantIds: $variantIds) { snapshot variants { variantId status sellableQuantity version asOf } }
}`;

/** What clients subscribe to, and how it is changed. */
interface Subject {
  readonly server: ServerProcess;
  readonly port: number;
  readonly path: string;
  readonly payload: object;
  /** The version that clients have before the first change. */
  readonly version: () => Promise<number>;
  /** Makes the next version. Resolves when it is committed. */
  readonly change: (version: number) => Promise<void>;
}

interface Measured {
  /** From the answer to the change until a client has it, one entry per client and version. Less than 0 where the client was first. */
  readonly sinceCommitMs: Float64Array;
  /** The same, from the moment when the change was asked for. */
  readonly sinceAskedMs: Float64Array;
  readonly messages: number;
  readonly missed: number;
  readonly cpuMsPerMessage: number;
  readonly openedMs: number;
  readonly kilobytesPerSocket: number | null;
}

/**
 * Scenario 6: graphql-ws clients of the web BFF on one variant, while stock changes at a rate. Beside it a bare `ws` server that sends one
 * text to as many sockets at the same rate.
 * @throws Error when a client cannot come in, or a socket does not stay open.
 */
export async function fanOutScenario(measureMs: number, note: (figure: Figure) => void): Promise<void> {
  for (const each of CASES) {
    const floor = await ofFloor(each, measureMs);
    const ours = await ofStack(each, measureMs);
    noteCase(each, ours, floor, note);
  }
}

function noteCase(each: Case, ours: Measured, floor: Measured, note: (figure: Figure) => void): void {
  const who = `${each.clients.toLocaleString('en')} clients, ${each.changesPerSecond} changes/s`;
  const tell = (what: string, unit: string, value: (of: Measured) => number, goal = '') =>
    note({
      scenario: '6 fan-out',
      what: `${who}: ${what}`,
      value: value(ours),
      unit,
      floor: { value: value(floor), what: 'a bare ws server that sends one text' },
      goal,
    });
  tell('commit → client p50', 'ms', ({ sinceCommitMs }) => quantile(sinceCommitMs, 0.5));
  tell('commit → client p99', 'ms', ({ sinceCommitMs }) => quantile(sinceCommitMs, 0.99), '≤ 150 ms');
  tell('commit → client, slowest', 'ms', ({ sinceCommitMs }) => quantile(sinceCommitMs, 1));
  tell('request → client p99', 'ms', ({ sinceAskedMs }) => quantile(sinceAskedMs, 0.99));
  tell('Node CPU per message', 'ms', ({ cpuMsPerMessage }) => cpuMsPerMessage);
  tell('messages per client and change', '', ({ messages, sinceCommitMs }) => messages / sinceCommitMs.length);
  tell('until all have come in', 'ms', ({ openedMs }) => openedMs);
  note({
    scenario: '6 fan-out',
    what: `${who}: final states that a client missed`,
    value: ours.missed,
    unit: '',
    floor: null,
    goal: '0',
  });
  if (ours.kilobytesPerSocket !== null) tell('memory per socket', 'KB', (of) => of.kilobytesPerSocket ?? 0, '≤ 30 KB');
}

async function ofFloor(each: Case, measureMs: number): Promise<Measured> {
  const server = await startServer(FLOOR, { PORT: String(FLOOR_PORT) }, 'floor is ready', [], inspected(each));
  let version = 1;
  try {
    return await measure(each, measureMs, {
      server,
      port: FLOOR_PORT,
      path: '/',
      payload: { query: SUBSCRIPTION },
      version: async () => version,
      async change(next) {
        version = next;
        await fetch(`http://127.0.0.1:${FLOOR_PORT}/?version=${next}`, { method: 'POST' });
      },
    });
  } finally {
    await server.stop();
  }
}

async function ofStack(each: Case, measureMs: number): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'kontor-bench-fanout-'));
  await chmod(folder, 0o755);
  const ports = Object.fromEntries(
    LISTENERS.map((listener) => [`${listener.toUpperCase()}_PORT`, String(DEFAULT_PORTS[listener] + OFFSET)]),
  );
  const environment = { ...ports, DATA_DIR: folder, POSTGRES_PORT: '0', LOG_LEVEL: 'error' };
  const server = await startServer(STACK, environment, 'Kontor is ready', [], inspected(each));
  try {
    const { variantId, locationId } = await chooseVariant();
    return await measure(each, measureMs, {
      server,
      port: portOf('web'),
      path: '/graphql',
      payload: { query: SUBSCRIPTION, variables: { variantIds: [variantId] } },
      version: () => versionOf(variantId),
      change: () => receiveOne(variantId, locationId),
    });
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const inspected = ({ measuresMemory }: Case) => (measuresMemory ? [`--inspect=127.0.0.1:${INSPECTOR_PORT}`] : []);

async function measure({ clients, ...each }: Case, measureMs: number, subject: Subject): Promise<Measured> {
  const { server, port, path, payload, change } = subject;
  const audience = startAudience();
  try {
    // What is compiled and cached for the first clients and changes is no cost of the sockets that are counted.
    const first = Math.min(200, clients / 2);
    await audience.open({ port, path, payload, count: first });
    let version = await subject.version();
    for (let count = 0; count < WARMUP_CHANGES; count += 1) await change((version += 1));
    const before = each.measuresMemory ? await collectedMemoryMb(server, INSPECTOR_PORT) : 0;
    const openedAt = now();
    await audience.open({ port, path, payload, count: clients - first });
    const openedMs = now() - openedAt;
    const after = each.measuresMemory ? await collectedMemoryMb(server, INSPECTOR_PORT) : 0;

    await change((version += 1));
    await everybodyHas(audience, version, clients);
    await audience.collect();
    const changes = Math.max(3, Math.round((measureMs / 1000) * each.changesPerSecond));
    const cpuBefore = server.cpuMs();
    const times = await changeAtRate(changes, each.changesPerSecond, () => change((version += 1)));
    const missed = clients - (await everybodyHas(audience, version, clients));
    const cpuMs = server.cpuMs() - cpuBefore;
    const deliveries = await audience.collect();
    if (deliveries.ended > 0) throw new Error(`${deliveries.ended} sockets did not stay open`);
    const messages = deliveries.versions.length;
    return {
      ...latencies(deliveries, times, version - changes + 1),
      messages,
      missed,
      cpuMsPerMessage: cpuMs / messages,
      openedMs,
      kilobytesPerSocket: each.measuresMemory ? ((after - before) * 1024) / (clients - first) : null,
    };
  } finally {
    await audience.end();
  }
}

interface Change {
  readonly askedAt: number;
  readonly committedAt: number;
}

/** Makes changes one after the other, each at its time if the one before has ended by then. */
async function changeAtRate(count: number, perSecond: number, change: () => Promise<void>): Promise<Change[]> {
  const changes: Change[] = [];
  const startedAt = now();
  for (let index = 0; index < count; index += 1) {
    await wait(Math.max(0, startedAt + (index * 1000) / perSecond - now()));
    const askedAt = now();
    await change();
    changes.push({ askedAt, committedAt: now() });
  }
  return changes;
}

/** Waits until all clients have a version, but not for ever. @returns how many have it. */
async function everybodyHas(audience: Audience, version: number, clients: number): Promise<number> {
  const end = now() + FINAL_STATE_MS;
  let count = await audience.countAt(version);
  while (count < clients && now() < end) {
    await wait(100);
    count = await audience.countAt(version);
  }
  return count;
}

/** A client that was told a later version had those before with it: they count from their own commits, as the slower ones. */
function latencies(deliveries: Deliveries, changes: readonly Change[], firstVersion: number) {
  const told = new Map<number, number>();
  const sinceCommitMs: number[] = [];
  const sinceAskedMs: number[] = [];
  deliveries.versions.forEach((version, index) => {
    const client = deliveries.clients[index]!;
    const time = deliveries.times[index]!;
    for (let each = (told.get(client) ?? firstVersion - 1) + 1; each <= version; each += 1) {
      const { askedAt, committedAt } = changes[each - firstVersion]!;
      sinceCommitMs.push(time - committedAt);
      sinceAskedMs.push(time - askedAt);
    }
    told.set(client, Math.max(version, told.get(client) ?? 0));
  });
  return {
    sinceCommitMs: Float64Array.from(sinceCommitMs).sort(),
    sinceAskedMs: Float64Array.from(sinceAskedMs).sort(),
  };
}

const quantile = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

async function ask<Data>(at: 'web' | 'router', query: string, variables: object, key?: string): Promise<Data> {
  const response = await fetch(`http://127.0.0.1:${portOf(at)}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key ? { authorization: `Bearer ${key}` } : {}) },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: Data; errors?: unknown };
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

/** A variant of the demo, and a location of the web channel that has it. */
async function chooseVariant(): Promise<{ variantId: string; locationId: string }> {
  const { searchPage } = await ask<{
    searchPage: { products: { edges: { node: { variants: { id: string }[] } }[] } };
  }>('web', '{ searchPage(query: "", first: 1) { products { edges { node { variants { id } } } } } }', {});
  const variantId = searchPage.products.edges[0]!.node.variants[0]!.id;
  const { stockLevels } = await ask<{ stockLevels: { location: { id: string } }[] }>(
    'router',
    'query Levels($id: ID!) { stockLevels(variantId: $id) { location { id } } }',
    { id: variantId },
    STAFF,
  );
  return { variantId, locationId: stockLevels[0]!.location.id };
}

async function versionOf(variantId: string): Promise<number> {
  const { availability } = await ask<{ availability: { version: number }[] }>(
    'router',
    'query Version($ids: [ID!]!) { availability(variantIds: $ids) { version } }',
    { ids: [variantId] },
    STAFF,
  );
  return availability[0]!.version;
}

async function receiveOne(variantId: string, locationId: string): Promise<void> {
  const { stockReceive } = await ask<{ stockReceive: { __typename: string } }>(
    'router',
    'mutation Receive($input: StockReceiveInput!) { stockReceive(input: $input) { __typename } }',
    { input: { variantId, locationId, quantity: 1, idempotencyKey: randomUUID() } },
    STAFF,
  );
  if (stockReceive.__typename !== 'StockChanged') throw new Error(`stock answered ${stockReceive.__typename}`);
}
