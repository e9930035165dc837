/** What clients saw. */
export interface ClientsResult {
  /** How many operations ended in the measured time, by what `operation` answered. */
  readonly counts: Readonly<Record<string, number>>;
  readonly operations: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU of this process per operation, in milliseconds. */
  readonly nodeMs: number;
  /** CPU of PostgreSQL per operation, in milliseconds. */
  readonly postgresMs: number;
}

/** So many clients, each asking again as soon as it was answered, until the time is over; then waits for the last answers. */
export async function runClients(
  options: { readonly clients: number; readonly durationMs: number; readonly postgresCpuMs: () => number },
  operation: (client: number, round: number) => Promise<string>,
): Promise<ClientsResult> {
  const latencies: number[] = [];
  const counts: Record<string, number> = {};
  const cpu = process.cpuUsage();
  const postgresCpu = options.postgresCpuMs();
  const startedAt = performance.now();
  const endsAt = startedAt + options.durationMs;
  await Promise.all(
    Array.from({ length: options.clients }, async (_, client) => {
      for (let round = 0; performance.now() < endsAt; round += 1) {
        const askedAt = performance.now();
        const kind = await operation(client, round);
        latencies.push(performance.now() - askedAt);
        counts[kind] = (counts[kind] ?? 0) + 1;
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  latencies.sort((a, b) => a - b);
  const operations = latencies.length;
  const at = (share: number) => latencies[Math.min(operations - 1, Math.floor(operations * share))] ?? 0;
  return {
    counts,
    operations,
    perSecond: operations / seconds,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    nodeMs: (user + system) / 1000 / operations,
    postgresMs: (options.postgresCpuMs() - postgresCpu) / operations,
  };
}
