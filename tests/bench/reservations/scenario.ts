import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import { createRelay } from '@kontor/kit/src/events/relay.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import { createEndReservation } from '@kontor/stock/src/commands/end-reservation.ts';
import { createReserve, type Reserve } from '@kontor/stock/src/commands/reserve.ts';
import type { Figure } from '../report.ts';
import { countDifferences } from './checks.ts';
import { runClients, type ClientsResult } from './clients.ts';
import { measureFloors, type Floors } from './floors.ts';
import { startStockProcesses } from './http.ts';
import { startWorld, type World } from './world.ts';

const SCENARIO = '5 reservations';
const CLIENTS = 200;
const SPREAD = 10_000;
const WARM_UP_MS = 2_000;

type Note = (figure: Figure) => void;
type Operation = (client: number, round: number) => Promise<string>;

/**
 * Scenario 5: holds by 200 clients, at the command in this process and through the internal endpoint of processes of their own.
 * @throws Error when something was oversold, refused although it was there, or does not add up.
 */
export async function reservationScenario(measureMs: number, note: Note): Promise<void> {
  const world = await startWorld(SPREAD);
  try {
    const floors = await measureFloors(world.url, measureMs / 2);
    await atTheCommand(world, measureMs, floors, note);
    await overHttp(world, measureMs, note);
    expectNothing('differences between levels, ledger and reservations', await countDifferences(world.db));
  } finally {
    await world.stop();
  }
}

/**
 * The part of scenario 8 that belongs to reservations: the same holds with 1,000, 100,000 and a million variants, each with ten entries in
 * the ledger. @throws Error as the scenario does.
 */
export async function reservationGrowth(
  measureMs: number,
  note: Note,
  sizes: readonly number[] = [1_000, 100_000, 1_000_000],
): Promise<void> {
  let smallest: { hot: ClientsResult; spread: ClientsResult } | undefined;
  for (const size of sizes) {
    const world = await startWorld(size);
    try {
      const reserve = createReserve(world.open('stock'));
      const hot = await measured(world, measureMs, hold(reserve, world, hotVariant(world)));
      // Every page once: what the first touch after a checkpoint costs is a matter of how long ago that was.
      const ids = touched(world, size);
      for (let from = 0; from < ids.length; from += 1_000)
        await Promise.all(ids.slice(from, from + 1_000).map((id) => reserve(world.demand(id))));
      const spread = await measured(world, measureMs, hold(reserve, world, anyOf(world, size)));
      smallest ??= { hot, spread };
      for (const [name, result, first] of [
        ['one hot variant', hot, smallest.hot],
        ['spread over 10,000 variants', spread, smallest.spread],
      ] as const)
        note({
          scenario: '8 growth',
          what: `CPU per reservation, ${name}, of ${size.toLocaleString('en')}`,
          value: result.nodeMs + result.postgresMs,
          unit: 'ms',
          floor: { value: first.nodeMs + first.postgresMs, what: 'with the fewest variants' },
          goal: '≤ 1.5×',
        });
      expectNothing('differences after growth', await countDifferences(world.db, ids));
    } finally {
      await world.stop();
    }
  }
}

const hotVariant = (world: World) => () => world.variantId(7);
/** One of 10,000 variants that lie evenly among all. */
const anyOf = (world: World, size: number) => {
  const count = Math.min(SPREAD, size);
  return () => world.variantId(Math.floor(Math.random() * count) * Math.floor(size / count));
};
/** All of these, and the hot one. */
const touched = (world: World, size: number) => {
  const count = Math.min(SPREAD, size);
  const step = Math.floor(size / count);
  return [world.variantId(7), ...Array.from({ length: count }, (_, index) => world.variantId(index * step))];
};

const hold =
  (reserve: Reserve, world: World, variantId: () => string): Operation =>
  async () =>
    (await reserve(world.demand(variantId()))).kind;

async function measured(world: World, durationMs: number, operation: Operation): Promise<ClientsResult> {
  const options = { clients: CLIENTS, postgresCpuMs: world.cpuMs };
  await runClients({ ...options, durationMs: WARM_UP_MS }, operation);
  const result = await runClients({ ...options, durationMs }, operation);
  // A queue that is full is no failure; that it is never full with so few clients is part of the figure.
  expectNothing('busy answers', result.counts['busy'] ?? 0);
  return result;
}

async function atTheCommand(world: World, measureMs: number, floors: Floors, note: Note): Promise<void> {
  const db = world.open('stock');
  const reserve = createReserve(db);
  const end = createEndReservation(db);
  const counter = { value: floors.counter, what: 'one row counted down in batches of 100' };
  const rows = { value: floors.rows, what: 'the same rows into bare tables' };

  const hot = hold(reserve, world, hotVariant(world));
  const spread = hold(reserve, world, anyOf(world, SPREAD));
  const hotResult = await measured(world, measureMs, hot);
  tell(note, 'one hot variant', hotResult, counter, '≥ 20,000/s');
  note({
    scenario: SCENARIO,
    what: 'one hot variant: per second, beside bare inserts',
    value: hotResult.perSecond,
    unit: '/s',
    floor: rows,
    goal: '',
  });
  tell(note, 'spread over 10,000', await measured(world, measureMs, spread), rows, '≥ 8,000/s');

  const stopRelay = startRelay(db);
  tell(note, 'one hot variant, events relayed', await measured(world, measureMs, hot), rows, '');
  tell(note, 'spread, events relayed', await measured(world, measureMs, spread), rows, '');
  await stopRelay();

  const scarce = await world.addVariant(500);
  const refusals = await measured(world, measureMs, async () => (await reserve(world.demand(scarce))).kind);
  tell(note, 'refused', refusals, null, 'no dearer than held');
  await expectHeld(world, scarce, 500);

  const cycle = async (variantId: string) => {
    const demand = world.demand(variantId);
    const { kind } = await reserve(demand);
    const { status } = await end.commit(demand.key);
    return `${kind} ${status}`;
  };
  const whole = await measured(world, measureMs, () => cycle(world.variantId(7)));
  tell(note, 'held and committed, hot', whole, rows, '');
  tell(
    note,
    'held and committed, spread',
    await measured(world, measureMs, () => cycle(anyOf(world, SPREAD)())),
    rows,
    '',
  );
}

async function overHttp(world: World, measureMs: number, note: Note): Promise<void> {
  for (const count of [1, 2]) {
    const stock = await startStockProcesses(world.url, count);
    try {
      const name = count === 1 ? 'over HTTP, hot' : 'over HTTP, hot, two processes';
      const cpu = () => stock.processes.reduce((sum, each) => sum + each.cpuMs(), 0);
      await stock.reserve(0, world.demand(world.variantId(7)));
      const before = cpu();
      let total = 0;
      const result = await measured(world, measureMs, (client, round) => {
        total += 1;
        return stock.reserve(client + round, world.demand(world.variantId(7)));
      });
      tell(note, name, { ...result, nodeMs: (cpu() - before) / total }, null, count === 1 ? '≥ 3,000/s' : '');

      // Many times more wanted than there is: the processes race for the last units.
      const units = 2_000;
      const scarce = await world.addVariant(units);
      const outcomes = await Promise.all(
        Array.from({ length: units * 2 }, (_, turn) => stock.reserve(turn, world.demand(scarce))),
      );
      const held = outcomes.filter((kind) => kind === 'held').length;
      expectNothing('units held more or less than there were', held - units);
      await expectHeld(world, scarce, units);
    } finally {
      await stock.stop();
    }
  }
}

function startRelay(db: ReturnType<World['open']>): () => Promise<void> {
  const relay = createRelay({ db, schema: 'stock', bus: createMemoryBus(), logger: silentLogger });
  relay.start();
  return () => relay.stop();
}

function tell(note: Note, name: string, result: ClientsResult, floor: Figure['floor'], goal: string): void {
  const figure = (what: string, value: number, unit: string, toReach: string, beside: Figure['floor'] = null) =>
    note({ scenario: SCENARIO, what: `${name}: ${what}`, value, unit, floor: beside, goal: toReach });
  figure('per second', result.perSecond, '/s', goal, floor);
  figure('p99', result.p99Ms, 'ms', '≤ 50 ms');
  figure('Node CPU', result.nodeMs, 'ms', '');
  figure('PostgreSQL CPU', result.postgresMs, 'ms', '');
}

/** All units of a variant are held, and nothing else is. */
async function expectHeld(world: World, variantId: string, units: number): Promise<void> {
  const [level] = await world.db.sql<{ available: number; reserved: number }[]>`
    select available, reserved from stock.levels where variant_id = ${variantId}`;
  expectNothing(`units of ${units} that are not held`, units - (level?.reserved ?? 0));
  expectNothing('units left over', level?.available ?? -1);
  expectNothing('differences', await countDifferences(world.db, [variantId]));
}

function expectNothing(what: string, count: number): void {
  if (count !== 0) throw new Error(`${count} ${what}`);
}
