import type { Cluster } from './cluster.ts';
import { accountsSurvive } from './scenarios/accounts-survive.ts';
import { durable } from './scenarios/durable.ts';
import { eventsInOrder } from './scenarios/events-in-order.ts';
import { neverOversell } from './scenarios/never-oversell.ts';
import { reconnect } from './scenarios/reconnect.ts';
import { safeExpiry } from './scenarios/safe-expiry.ts';
import type { Verdict } from './verdict.ts';

/** A way to break promises, small enough for every build and as large as the promise says. */
export interface Scenario {
  readonly name: string;
  /** What it tries, as the title of a test. */
  readonly title: string;
  readonly shortSeeds: readonly number[];
  readonly seedCount: number;
  short(cluster: Cluster, seed: number): Promise<Verdict[]>;
  full(cluster: Cluster, seed: number): Promise<Verdict[]>;
}

/** All of them, in the order in which they run. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'oversell',
    title: 'sells every unit once when 200 clients race and stock processes are killed',
    shortSeeds: [1],
    seedCount: 20,
    short: (cluster, seed) => neverOversell(cluster, { seed, attempts: 1_000, kills: 1 }),
    full: (cluster, seed) => neverOversell(cluster, { seed, attempts: 5_000, kills: 3 }),
  },
  {
    name: 'events',
    title: 'tells every version of every variant in order when relay and broker are killed',
    shortSeeds: [3],
    seedCount: 5,
    short: (cluster, seed) => eventsInOrder(cluster, { seed, kills: 2, failures: 0 }),
    full: (cluster, seed) => eventsInOrder(cluster, { seed, kills: 10, failures: 0.02 }),
  },
  {
    name: 'durable',
    title: 'keeps everything that it acknowledged when PostgreSQL is killed under load',
    shortSeeds: [4],
    seedCount: 5,
    short: (cluster, seed) => durable(cluster, { seed, kills: 3 }),
    full: (cluster, seed) => durable(cluster, { seed, kills: 10 }),
  },
  {
    name: 'expiry',
    title: 'ends every hold once when it is confirmed at its end and sweepers are killed',
    shortSeeds: [5],
    seedCount: 5,
    short: (cluster, seed) => safeExpiry(cluster, { seed, holds: 150, kills: 1 }),
    full: (cluster, seed) => safeExpiry(cluster, { seed, holds: 2_000, kills: 6 }),
  },
  {
    name: 'reconnect',
    title: 'shows what the database says on every page when sockets and processes are gone in a storm of changes',
    shortSeeds: [6],
    seedCount: 3,
    short: (cluster, seed) => reconnect(cluster, { seed, sockets: 200 }),
    full: (cluster, seed) => reconnect(cluster, { seed, sockets: 1_000 }),
  },
  {
    name: 'accounts',
    title:
      'loses and makes no point, no credit and no session when orders and customers are killed under checkouts and merges',
    shortSeeds: [7],
    seedCount: 5,
    short: (cluster, seed) => accountsSurvive(cluster, { seed, attempts: 150, kills: 2 }),
    full: (cluster, seed) => accountsSurvive(cluster, { seed, attempts: 2_000, kills: 25 }),
  },
];
