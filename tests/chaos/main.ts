/**
 * `npm run chaos [-- --only oversell,events] [--seed 7] [--short]`: tries to break what is promised of stock and of people's accounts, with real processes and
 * `kill -9`, and prints a table. Exit code 1 when a promise was broken. A seed decides what is killed when and what clients do; how the
 * machine shares its time among processes it does not.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { startCluster } from './cluster.ts';
import { SCENARIOS } from './scenarios.ts';
import { table, type Verdict } from './verdict.ts';

const SHOWN = 5;

const { values } = parseArgs({
  options: { only: { type: 'string' }, seed: { type: 'string' }, short: { type: 'boolean', default: false } },
});
const only = values.only?.split(',');
const unknown = only?.filter((name) => !SCENARIOS.some((scenario) => scenario.name === name)) ?? [];
const seed = values.seed === undefined ? undefined : Number(values.seed);
if (unknown.length > 0 || (seed !== undefined && !Number.isSafeInteger(seed))) {
  const names = SCENARIOS.map(({ name }) => name).join(', ');
  process.stderr.write(`--only takes some of ${names}; --seed takes a whole number.\n`);
  process.exit(2);
}

if (spawnSync('which', ['nats-server']).status !== 0) {
  process.stdout.write('Skipped: there is no nats-server on this machine (Debian: apt-get install nats-server).\n');
  process.exit(0);
}
const cluster = await startCluster();
process.once('SIGINT', () => void cluster.stop().finally(() => process.exit(130)));
const runs: { readonly seed: number; readonly verdicts: readonly Verdict[] }[] = [];
try {
  for (const scenario of SCENARIOS) {
    if (only && !only.includes(scenario.name)) continue;
    const seeds = seed === undefined ? Array.from({ length: scenario.seedCount }, (_, index) => index + 1) : [seed];
    for (const each of values.short && seed === undefined ? scenario.shortSeeds : seeds) {
      process.stdout.write(`${scenario.name} --seed ${each} …\n`);
      const run = values.short ? scenario.short : scenario.full;
      const verdicts = await run(cluster, each).catch((error: unknown): Verdict[] => [
        { promise: scenario.name, broken: [String(error)], figure: 'came to no end' },
      ]);
      runs.push({ seed: each, verdicts });
      for (const { promise, broken, figure } of verdicts) {
        process.stdout.write(`  ${promise}: ${broken.length === 0 ? 'kept' : 'BROKEN'}; ${figure}\n`);
        for (const fault of broken.slice(0, SHOWN)) process.stdout.write(`    ${fault}\n`);
      }
    }
  }
} finally {
  await cluster.stop();
}
process.stdout.write(`\n${table(runs)}\n`);
process.exit(runs.some(({ verdicts }) => verdicts.some(({ broken }) => broken.length > 0)) ? 1 : 0);
