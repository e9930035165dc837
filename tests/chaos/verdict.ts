/** What became of a promise in one run. */
export interface Verdict {
  readonly promise: string;
  /** What was found that must not be; the promise was kept when there is none. */
  readonly broken: readonly string[];
  /** What was measured, in words. */
  readonly figure: string;
}

/** Several runs of one promise, as a line of the table. */
interface Line {
  readonly promise: string;
  readonly seeds: number[];
  readonly broken: number[];
  figure: string;
}

/** A table of promises: with which seeds each was tried, which broke it, and the figure of the last run. */
export function table(runs: readonly { readonly seed: number; readonly verdicts: readonly Verdict[] }[]): string {
  const lines = new Map<string, Line>();
  for (const { seed, verdicts } of runs)
    for (const { promise, broken, figure } of verdicts) {
      const line = lines.get(promise) ?? { promise, seeds: [], broken: [], figure };
      line.seeds.push(seed);
      if (broken.length > 0) line.broken.push(seed);
      line.figure = figure;
      lines.set(promise, line);
    }
  const rows = [...lines.values()].map(({ promise, seeds, broken, figure }) => [
    promise,
    String(seeds.length),
    broken.length === 0 ? 'kept' : `BROKEN with ${[...new Set(broken)].join(', ')}`,
    figure,
  ]);
  const all = [['promise', 'runs', 'outcome', 'figure of the last run'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]!.length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
