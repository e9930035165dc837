import { serviceCaller, type Caller } from '@kontor/kit/src/auth/caller.ts';
import type { Identity } from '@kontor/kit/src/auth/internal-token.ts';
import { createHttpClient } from '@kontor/kit/src/graph/http-client.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { pause } from './pauses.ts';

export type ShopService = 'products' | 'prices' | 'stock' | 'orders' | 'customers';

/** A client that repeats what it asks, with the same input, until some process answers. */
export interface ShopClient {
  /** Asks a public graph as somebody. @throws TypeError for what no repetition would change. */
  ask<Data>(caller: Caller, service: ShopService, query: string, variables?: Record<string, unknown>): Promise<Data>;
  /** Sends a command to a public graph as somebody. */
  tell<Data>(caller: Caller, service: ShopService, query: string, input: object): Promise<Data>;
  /** Asks an internal graph as a service. */
  serve<Data>(service: ShopService, query: string, variables?: Record<string, unknown>): Promise<Data>;
  /** Sends a command to an internal graph. */
  order<Data>(service: ShopService, query: string, input: object): Promise<Data>;
  /** How often something had to be repeated. */
  readonly repeats: number;
}

const GIVE_UP_MS = 60_000;
const REPEAT_MS = 40;
const TIMEOUT_MS = 10_000;
const FINAL = new Set(['BAD_USER_INPUT', 'FORBIDDEN', 'UNAUTHENTICATED', 'GRAPHQL_VALIDATION_FAILED']);

/** Makes a client of processes by their base URLs. */
export function createShopClient(
  identity: Identity,
  bases: Readonly<Record<ShopService, readonly string[]>>,
): ShopClient {
  let repeats = 0;
  const graphOf = (service: ShopService, path: string) =>
    createHttpClient({
      urls: bases[service].map((base) => `${base}${path}`),
      ...{ audience: service, identity, timeoutMs: TIMEOUT_MS },
    });
  const graphs = new Map<string, ReturnType<typeof graphOf>>();
  const ask = async <Data>(
    caller: Caller,
    service: ShopService,
    path: string,
    request: { query: string; variables: Record<string, unknown> },
  ): Promise<Data> => {
    const name = `${service}${path}`;
    const graph = graphs.get(name) ?? graphOf(service, path);
    graphs.set(name, graph);
    const end = Date.now() + GIVE_UP_MS;
    for (;;) {
      let fault: unknown;
      try {
        // Of another address each time: limits of an address are for strangers.
        const call = { caller, requestId: 'chaos', clientAddress: newId() };
        const { data, errors } = await graph.execute<Data>(request, call);
        if (data && !errors) return data;
        fault = errors?.[0];
        if (FINAL.has(String(errors?.[0]?.extensions?.['code']))) throw new TypeError(JSON.stringify(fault));
      } catch (error) {
        if (error instanceof TypeError) throw error;
        fault = error;
      }
      if (Date.now() > end) throw new Error(`Nobody answered for a minute: ${JSON.stringify(fault)} ${String(fault)}`);
      repeats += 1;
      await pause(REPEAT_MS);
    }
  };
  const publicly = <Data>(caller: Caller, service: ShopService, query: string, variables: Record<string, unknown>) =>
    ask<Data>(caller, service, '/graphql', { query, variables });
  const internally = <Data>(service: ShopService, query: string, variables: Record<string, unknown>) =>
    ask<Data>(serviceCaller(identity.service), service, '/internal/graphql', { query, variables });
  return {
    ask: (caller, service, query, variables = {}) => publicly(caller, service, query, variables),
    tell: (caller, service, query, input) => publicly(caller, service, query, { input }),
    serve: (service, query, variables = {}) => internally(service, query, variables),
    order: (service, query, input) => internally(service, query, { input }),
    get repeats() {
      return repeats;
    },
  };
}
