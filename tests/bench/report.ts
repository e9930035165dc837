import { execFileSync } from 'node:child_process';
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';

/** One line of the result: a figure, and the floor or peer of the same run beside it. */
export interface Figure {
  readonly scenario: string;
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly floor: { readonly value: number; readonly what: string } | null;
  readonly goal: string;
}

/** What the figures were measured on. */
export function machine() {
  const folder = mkdtempSync(join(tmpdir(), 'kontor-fsync-'));
  const file = openSync(join(folder, 'probe'), 'w');
  const rounds = 50;
  const startedAt = performance.now();
  for (let round = 0; round < rounds; round += 1) {
    writeSync(file, 'x'.repeat(8192));
    fsyncSync(file);
  }
  const fsyncMs = (performance.now() - startedAt) / rounds;
  closeSync(file);
  rmSync(folder, { recursive: true });
  return {
    date: new Date().toISOString().slice(0, 10),
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    fsyncMs: Number(fsyncMs.toFixed(2)),
    commit: commit(),
  };
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

const number = (value: number) => (value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3));

/** A table for people. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.scenario,
    figure.what,
    `${number(figure.value)} ${figure.unit}`,
    figure.floor ? `${number(figure.floor.value)} ${figure.unit}` : '',
    figure.floor ? `${number(figure.value / figure.floor.value)}×` : '',
    figure.goal,
  ]);
  const all = [['scenario', 'figure', 'measured', 'floor', 'ratio', 'to reach'], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [line(all[0]!), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...all.slice(1).map(line)].join(
    '\n',
  );
}

/** The page `docs/benchmarks.md`. */
export function markdown(figures: readonly Figure[], on: ReturnType<typeof machine>): string {
  return `# Benchmarks

\`npm run bench\` runs these scenarios against the stack as \`npm start\` starts it (one process, embedded PostgreSQL with fsync and
synchronous_commit on, identity, limits and events as in production), prints this table, and writes this page with
\`-- --markdown docs/benchmarks.md\`. Beside each figure stands a floor of the same run: a bare Node server that does the least SQL for the
same answer, without GraphQL, identity, channels, tax, ledger or events (\`tests/bench/floors.ts\`). Machines differ and are noisy: compare
the ratios and the CPU per operation, not the seconds. The load runs on the same machine and takes a share of its cores.

Measured ${on.date} at ${on.commit} on ${on.cores} cores (${on.cpu}), ${on.memoryGb} GB, Node ${on.node}; an fsync of 8 KB takes ${on.fsyncMs} ms there.

${table(figures)}

- **1 router**: \`npm run router -- --no-auth\` beside the stock gateway as its documentation starts it, in processes of their own: one document over
  four subgraphs, six levels deep, about 85 KB of answer, 50 connections, the subgraphs behind HTTP in a third process. CPU is that of the
  router alone, HTTP, parsing, limits and shaping included. Both answers are compared.
- **2 listing**: web \`collectionPage\`, 24 products × 3 variants with price and stock, uncached, 8 clients, over 10,000 variants in the catalogue.
- **3 product**: web \`productPage\` by handle, a different product each time, uncached, 8 clients.
- **4 checkout**: whole guest checkouts (\`cartCreate\`, then \`checkout\`) of one hot variant by 10 shoppers, each payment authorized at the
  simulator through the Stripe SDK, which runs in the same process and is part of the CPU.
- **5 reservations**: holds of one unit by 200 clients at once, at the command in one process against an embedded PostgreSQL with fsync on, and
  through the internal endpoint of stock processes of their own, with tokens signed and verified; every run is checked for oversold units and
  differences between ledger, levels and reservations. The clients run in the measuring process, so Node's CPU at the command includes them. Floors: one row
  counted down in batches of 100, and the same rows into bare tables without keys, ledger, versions or events.
- **6 fan-out**: graphql-ws clients of the web shop, all watching one variant, each change a staff mutation at the router; from the answer of the mutation
  to the client. Floor: a bare \`ws\` server that sends one prepared text to as many sockets. Clients and servers share the cores.
- **8 growth**: the reservations of scenario 5 with 1,000, 100,000 and 1,000,000 variants with ten ledger entries each, as CPU per reservation beside that of the smallest.
- **7 import**: the fashion catalogue with 3,684 variants through the commands of products, prices and stock, then again.
- **9 start**: from the start of the process to the table of addresses.
- **10 token check**: what it costs an edge to tell who comes with an access token, by one after the other of 1,000 customers: the whole check, with the end
  of the token, its key and the revocations. Floors: the SHA-256 of the token, and the verification of its signature.
- **11 search**: words with about 5,000 matches among 100,000 products with three variants, ten labels, two options, a category, prices and
  availability, at the graph of products, one request after the other: the page, the number of matches, all facets with labels and the range of prices
  in one operation; narrowed; by price; and the page alone. Floor: PostgreSQL counting the same matches.
- **12 prices**: prices of 72 variants and the ranges of their 24 products in one context, by a buyer for whom five lists are in force, without promotions and
  with 200; the same among 10,000 prices in 5 lists and a million in 500; carts of 50 lines. CPU of Node alone, selection, promotions and taxes included. Floor of a
  listing: the driver with the rows of those prices.

`;
}
