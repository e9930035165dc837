import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { load, send, sendForLength, type LoadResult } from '../load.ts';
import type { Figure } from '../report.ts';
import { startServer, type ServerProcess } from '../server-process.ts';
import { REVIEWS_QUERY, SHOP_SUBGRAPHS, shopSupergraph, type ShopSubgraph } from './shop.ts';

const SUBGRAPHS_PORT = 30_910;
const ROUTER_PORT = 30_911;
const CLIENTS = 50;
/** As `npm run router` starts it. */
const NODE_ARGS = ['--max-semi-space-size=32', '--max-old-space-size=1800'];
const ROUTER = new URL('../../../router/src/main.ts', import.meta.url);

/** The ways to run the router that are measured, and what share of the stock gateway's CPU each may take. */
const WAYS = [
  { share: 'nothing', what: 'every request on its own', goal: '≤ 1/6 of the stock gateway' },
  { share: 'reads', what: 'shared in-flight reads', goal: '≤ 1/11 of the stock gateway' },
  { share: 'requests', what: 'whole requests shared', goal: '≤ 1/100 of the stock gateway' },
] as const;

/**
 * Scenario 1: one document over four subgraphs, an answer of about 80 KB, HTTP everywhere, 50 connections; the stock gateway in the same run.
 * @throws Error when two routers do not give the same data.
 */
export async function routerScenario(measureMs: number, note: (figure: Figure) => void): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kontor-bench-router-'));
  const supergraph = join(folder, 'supergraph.graphql');
  const urls = Object.fromEntries(
    SHOP_SUBGRAPHS.map((name) => [name, `http://127.0.0.1:${SUBGRAPHS_PORT}/${name}`]),
  ) as Record<ShopSubgraph, string>;
  await writeFile(supergraph, shopSupergraph(urls));
  const subgraphs = await startServer(
    new URL('subgraphs.ts', import.meta.url),
    { PORT: String(SUBGRAPHS_PORT) },
    'subgraphs are ready',
  );
  try {
    const stock = await measured(
      () =>
        startServer(
          new URL('stock-gateway.ts', import.meta.url),
          { SUPERGRAPH: supergraph, PORT: String(ROUTER_PORT), NODE_ENV: 'production' },
          'the stock gateway is ready',
        ),
      '/',
      measureMs,
    );
    for (const { share, what, goal } of WAYS) {
      const args = ['--supergraph', supergraph, '--port', String(ROUTER_PORT), '--no-auth', '--share', share];
      const ours = await measured(
        () => startServer(ROUTER, {}, '"msg":"listening"', args, NODE_ARGS),
        '/graphql',
        measureMs,
      );
      if (ours.data !== stock.data) throw new Error('The router and the stock gateway answer differently.');
      note({
        scenario: '1 router',
        what: `CPU per request, ${what}`,
        value: ours.load.cpuMsPerOperation,
        unit: 'ms',
        floor: { value: stock.load.cpuMsPerOperation, what: 'the stock gateway' },
        goal,
      });
      note({
        scenario: '1 router',
        what: `requests per second, ${what}`,
        value: ours.load.perSecond,
        unit: '/s',
        floor: { value: stock.load.perSecond, what: 'the stock gateway' },
        goal: '',
      });
      note({
        scenario: '1 router',
        what: `resident memory under ${CLIENTS} connections, ${what}`,
        value: ours.residentMb,
        unit: 'MB',
        floor: { value: stock.residentMb, what: 'the stock gateway' },
        goal: '≤ 350 MB',
      });
    }
  } finally {
    await subgraphs.stop();
    await rm(folder, { recursive: true, force: true });
  }
  note({
    scenario: '1 router',
    what: 'longest stall of the event loop while a supergraph of 500 types is replaced',
    value: await longestStallMs(),
    unit: 'ms',
    floor: null,
    goal: '≤ 50 ms',
  });
}

async function longestStallMs(): Promise<number> {
  const script = fileURLToPath(new URL('schema-update.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script]);
  return (JSON.parse(stdout) as { stallMs: number }).stallMs;
}

interface Measured {
  readonly load: LoadResult;
  readonly residentMb: number;
  /** The answer, as JSON in the order of its keys. */
  readonly data: string;
}

async function measured(start: () => Promise<ServerProcess>, path: string, measureMs: number): Promise<Measured> {
  const server = await start();
  const url = `http://127.0.0.1:${ROUTER_PORT}${path}`;
  try {
    const body = { query: REVIEWS_QUERY };
    const text = JSON.stringify(body);
    const first = await send(url, body);
    const bytes = Buffer.byteLength(first);
    const { data, errors } = JSON.parse(first) as { data: unknown; errors?: unknown };
    if (errors) throw new Error(JSON.stringify(errors));
    const result = await load(server, { workers: CLIENTS, warmupMs: 3_000, measureMs }, async () => {
      const length = await sendForLength(url, text);
      if (length !== bytes) throw new Error(`an answer of ${length} bytes instead of ${bytes}`);
      return length;
    });
    return { load: result, residentMb: server.residentMb(), data: JSON.stringify(data) };
  } finally {
    await server.stop();
  }
}
