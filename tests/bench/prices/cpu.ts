/** What one round costs. */
export interface Cost {
  /** Of this process alone: PostgreSQL is another. */
  readonly cpuMs: number;
  /** From asking to the answer: the median. */
  readonly wallMs: number;
}

const WARM_UP = 300;
const LEAST_ROUNDS = 200;

/** Runs work round after round for at least so long, and tells what one costs. */
export async function costOf(measureMs: number, work: () => Promise<void> | void): Promise<Cost> {
  for (let round = 0; round < WARM_UP; round += 1) await work();
  const times: number[] = [];
  const before = process.cpuUsage();
  const startedAt = performance.now();
  while (times.length < LEAST_ROUNDS || performance.now() - startedAt < measureMs) {
    const from = performance.now();
    await work();
    times.push(performance.now() - from);
  }
  const { user, system } = process.cpuUsage(before);
  times.sort((one, other) => one - other);
  return { cpuMs: (user + system) / 1000 / times.length, wallMs: times[Math.floor(times.length / 2)]! };
}
