import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import { createHttpClient } from '@kontor/kit/src/graph/http-client.ts';
import type { Cluster } from './cluster.ts';
import { pause } from './pauses.ts';

/** What a client hears in the end. */
export interface Held {
  readonly kind: 'Reservation' | 'InsufficientStock' | 'ReservationKeyReused';
  /** The reservation's state. */
  readonly status?: string;
}

export interface Ended {
  readonly done: boolean;
  readonly status: string;
}

/** What is asked for: units of one variant at one location. */
export interface Wish {
  readonly key: string;
  readonly channel: string;
  readonly variantId: string;
  readonly locationId: string;
  readonly quantity: number;
  readonly ttlSeconds: number;
}

/** A client that repeats what it asks, under the same key, until some process answers. */
export interface StockClient {
  reserve(wish: Wish): Promise<Held>;
  commit(key: string): Promise<Ended>;
  release(key: string): Promise<Ended>;
  /** How often something had to be repeated. */
  readonly repeats: number;
}

const RESERVE = `mutation Reserve($input: ReserveInput!) { reserve(input: $input) { __typename ... on Reservation { status } ... on StockBusy { retryAfterMs } } }`;
const COMMIT = `mutation Commit($key: String!) { reservationCommit(key: $key) { done status } }`;
const RELEASE = `mutation Release($key: String!) { reservationRelease(key: $key) { done status } }`;

const GIVE_UP_MS = 60_000;
const REPEAT_MS = 40;
const TIMEOUT_MS = 5_000;

/** Makes a client of all stock processes, by the internal graph with a signed token. */
export function createStockClient({ stockUrls, identity }: Pick<Cluster, 'stockUrls' | 'identity'>): StockClient {
  const graph = createHttpClient({ urls: stockUrls, audience: 'stock', identity, timeoutMs: TIMEOUT_MS });
  const caller = serviceCaller(identity.service);
  let repeats = 0;
  const ask = async <Data>(query: string, variables: Record<string, unknown>): Promise<Data> => {
    const end = Date.now() + GIVE_UP_MS;
    for (;;) {
      let fault: unknown;
      try {
        const { data, errors } = await graph.execute<Data>({ query, variables }, { caller, requestId: 'chaos' });
        if (data) return data;
        fault = errors?.[0];
        const code = errors?.[0]?.extensions?.['code'];
        if (code === 'BAD_USER_INPUT' || code === 'FORBIDDEN') throw new TypeError(JSON.stringify(fault));
      } catch (error) {
        if (error instanceof TypeError) throw error;
        fault = error;
      }
      if (Date.now() > end) throw new Error(`Nobody answered for a minute: ${JSON.stringify(fault)} ${String(fault)}`);
      repeats += 1;
      await pause(REPEAT_MS);
    }
  };
  return {
    async reserve({ key, channel, ttlSeconds, ...allocation }) {
      const input = { key, channel, ttlSeconds, plans: [{ allocations: [allocation] }] };
      for (;;) {
        const { reserve } = await ask<{
          reserve: { __typename: Held['kind'] | 'StockBusy'; status?: string; retryAfterMs?: number };
        }>(RESERVE, { input });
        if (reserve.__typename !== 'StockBusy')
          return { kind: reserve.__typename, ...(reserve.status !== undefined && { status: reserve.status }) };
        repeats += 1;
        await pause(reserve.retryAfterMs ?? REPEAT_MS);
      }
    },
    commit: async (key) => (await ask<{ reservationCommit: Ended }>(COMMIT, { key })).reservationCommit,
    release: async (key) => (await ask<{ reservationRelease: Ended }>(RELEASE, { key })).reservationRelease,
    get repeats() {
      return repeats;
    },
  };
}
