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
  const rows = figures.map((figure) => [figure.scenario, figure.what, `${number(figure.value)} ${figure.unit}`, figure.floor ? `${number(figure.floor.value)} ${figure.unit}` : '', figure.floor ? `${number(figure.value / figure.floor.value)}×` : '', figure.goal]);
  const all = [['scenario', 'figure', 'measured', 'floor', 'ratio', 'to reach'], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [line(all[0]!), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...all.slice(1).map(line)].join('\n');
}
