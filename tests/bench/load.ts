import { Agent, request } from 'undici';
import type { ServerProcess } from './server-process.ts';

/** What a load did to a server. */
export interface LoadResult {
  readonly operations: number;
  readonly failures: number;
  readonly perSecond: number;
  /** CPU milliseconds of the server's Node process per operation. */
  readonly cpuMsPerOperation: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly bytes: number;
}

const agent = new Agent({ connections: 256, pipelining: 1 });

/** Sends one request. @returns the body as text. */
export async function send(url: string, body: unknown): Promise<string> {
  return (await post(url, JSON.stringify(body))).body.text();
}

/** Sends one request. @returns how long the body is in bytes: all that can be known of it without taking the server's processor to read it. */
export async function sendForLength(url: string, body: string): Promise<number> {
  let length = 0;
  for await (const chunk of (await post(url, body)).body) length += (chunk as Buffer).length;
  return length;
}

const post = (url: string, body: string) =>
  request(url, { dispatcher: agent, method: 'POST', headers: { 'content-type': 'application/json' }, body });

/**
 * Runs `operation` with so many workers for so long, after a warm-up that is not counted.
 * @param operation resolves with the bytes that came back; rejects when the answer was wrong.
 */
export async function load(
  server: ServerProcess,
  options: { readonly workers: number; readonly warmupMs: number; readonly measureMs: number },
  operation: (worker: number, round: number) => Promise<number>,
): Promise<LoadResult> {
  const run = async (durationMs: number) => {
    const latencies: number[] = [];
    let bytes = 0;
    let failures = 0;
    const end = performance.now() + durationMs;
    await Promise.all(
      Array.from({ length: options.workers }, async (_, worker) => {
        for (let round = 0; performance.now() < end; round += 1) {
          const startedAt = performance.now();
          try {
            bytes += await operation(worker, round);
            latencies.push(performance.now() - startedAt);
          } catch (error) {
            failures += 1;
            if (failures === 1) console.error(`  first failure: ${(error as Error).message}`);
            if (failures > 1_000) throw error;
          }
        }
      }),
    );
    return { latencies, bytes, failures };
  };
  await run(options.warmupMs);
  const cpuBefore = server.cpuMs();
  const startedAt = performance.now();
  const { latencies, bytes, failures } = await run(options.measureMs);
  const seconds = (performance.now() - startedAt) / 1000;
  const cpuMs = server.cpuMs() - cpuBefore;
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  const operations = latencies.length;
  return {
    operations,
    failures,
    perSecond: operations / seconds,
    cpuMsPerOperation: cpuMs / Math.max(1, operations),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    bytes: bytes / Math.max(1, operations),
  };
}
