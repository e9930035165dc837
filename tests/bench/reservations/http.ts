import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import { createIdentity, generateInternalKeys } from '@kontor/kit/src/auth/internal-token.ts';
import type { Demand } from '@kontor/stock/src/domain/demand.ts';
import { Agent, request } from 'undici';
import { startServer, type ServerProcess } from '../server-process.ts';

/** Below the range that systems give to outgoing connections. */
const FIRST_PORT = 30_920;
const DOCUMENT = `mutation Reserve($input: ReserveInput!) { reserve(input: $input) { __typename
  ... on Reservation { reservationId key status planIndex expiresAt allocations { variantId locationId quantity } }
  ... on InsufficientStock { variants { variantId requested available } } ... on StockBusy { retryAfterMs } } }`;
const OUTCOMES: Readonly<Record<string, string>> = {
  Reservation: 'held',
  InsufficientStock: 'short',
  StockBusy: 'busy',
};

/** Stock processes on one database, asked as orders asks them. */
export interface StockProcesses {
  readonly processes: readonly ServerProcess[];
  /** Reserves through one of the processes, round robin by `turn`. @returns `held`, `short` or `busy`. @throws Error when it answers with errors. */
  reserve(turn: number, demand: Demand): Promise<string>;
  stop(): Promise<void>;
}

/** Starts stock in processes of their own. @param databaseUrl that of the schema's role. */
export async function startStockProcesses(databaseUrl: string, count: number): Promise<StockProcesses> {
  const { stock, orders } = await generateInternalKeys(['stock', 'orders']);
  if (!stock || !orders) throw new Error('every service gets keys');
  const identity = await createIdentity('orders', orders);
  const agent = new Agent({ connections: 256, pipelining: 1 });
  const processes: ServerProcess[] = [];
  const urls: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const process = await startServer(
      new URL('stock-process.ts', import.meta.url),
      { DATABASE_URL: databaseUrl, INTERNAL_KEYS: JSON.stringify(stock), PORT: String(FIRST_PORT + index) },
      'stock is ready',
    );
    processes.push(process);
    urls.push(`http://127.0.0.1:${FIRST_PORT + index}/internal/graphql`);
  }
  return {
    processes,
    async reserve(turn, { key, channel, ttlSeconds, plans }) {
      const input = { key, channel, ttlSeconds, plans: plans.map((allocations) => ({ allocations })) };
      const { body } = await request(urls[turn % count]!, {
        dispatcher: agent,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${await identity.sign(serviceCaller('orders'), 'stock')}`,
        },
        body: JSON.stringify({ query: DOCUMENT, variables: { input } }),
      });
      const text = await body.text();
      const outcome = OUTCOMES[/"__typename":"(\w+)"/.exec(text)?.[1] ?? ''];
      if (!outcome) throw new Error(`unexpected answer: ${text.slice(0, 300)}`);
      return outcome;
    },
    async stop() {
      await agent.close();
      for (const each of processes) await each.stop();
    },
  };
}
