import { createClient, type Client } from 'graphql-ws';
import WebSocket from 'ws';
import { CHANNEL, type Cluster } from '../cluster.ts';
import { pause, until } from '../pauses.ts';
import { createRandom, type Random } from '../random.ts';
import { fillShelf } from '../shelf.ts';
import { createStockClient } from '../stock-client.ts';
import { startTraffic } from '../traffic.ts';
import type { Verdict } from '../verdict.ts';

const VARIANTS = 30;
const WATCHED = 5;
const UNITS = 400;
const CLIENTS = 20;
const OPEN_AT_ONCE = 50;
const QUIET_MS = 60_000;

const SUBSCRIPTION = `subscription Live($variantIds: [ID!]!) {
  availabilityChanged(variantIds: $variantIds) { snapshot variants { variantId version sellableQuantity } }
}`;

interface Shown {
  readonly version: number;
  readonly sellableQuantity: number;
}

interface Update {
  readonly availabilityChanged: {
    readonly snapshot: boolean;
    readonly variants: readonly (Shown & { readonly variantId: string })[];
  };
}

/** A shop window: what a page with a socket of its own shows. */
interface Page {
  readonly client: Client;
  /** Breaks the connection, if there is one now. */
  cut(): void;
  readonly variantIds: readonly string[];
  readonly shown: Map<string, Shown>;
}

/**
 * Pages watch stock over sockets of their own while it is bought. Half of the sockets are cut, a stock process is killed, the BFF is
 * killed: when it is quiet again, every page shows what the database says.
 */
export async function reconnect(
  cluster: Cluster,
  options: { readonly seed: number; readonly sockets: number },
): Promise<Verdict[]> {
  const random = createRandom(options.seed);
  const shelf = await fillShelf(cluster, VARIANTS, UNITS);
  const web = await cluster.startWeb();
  const wrong: string[] = [];
  const pages: Page[] = [];
  const traffic = startTraffic({
    client: createStockClient(cluster),
    shelf,
    random: random.fork(1),
    clients: CLIENTS,
    mostPauseMs: 50,
  });
  try {
    while (pages.length < options.sockets) {
      const first = pages.length;
      for (let index = first; index < Math.min(first + OPEN_AT_ONCE, options.sockets); index += 1)
        pages.push(openPage(web.url, shelf.variantIds, random.fork(1_000 + index), wrong));
      const opened = pages.slice(first);
      await until('pages show something', 30_000, () => opened.every(({ shown }) => shown.size > 0));
    }
    for (const page of pages) if (random.next() < 0.5) page.cut();
    await pause(random.between(200, 800));
    const victim = random.pick(cluster.stocks);
    await victim.kill();
    for (const page of pages) if (random.next() < 0.5) page.cut();
    await web.process.kill();
    await Promise.all([victim.restart(), web.process.restart()]);
    await pause(random.between(200, 800));
  } finally {
    await traffic.stop();
  }
  const quietAt = performance.now();
  const rows = await cluster.db.sql<{ variantId: string; version: number; sellable: number }[]>`
    select v.item as "variantId", v.version::int as version, coalesce(o.sellable, 0) as sellable
    from stock.versions(${[...shelf.variantIds]}::uuid[]) v left join stock.offers(${[...shelf.variantIds]}::uuid[], ${CHANNEL}) o on o.item = v.item`;
  const truth = new Map(rows.map((row) => [row.variantId, row]));
  const stale = () =>
    pages.flatMap(({ variantIds, shown }) =>
      variantIds.flatMap((variantId) => {
        const is = shown.get(variantId);
        const real = truth.get(variantId)!;
        return is?.version === real.version && is.sellableQuantity === real.sellable
          ? []
          : [`a page shows ${JSON.stringify(is)} of ${JSON.stringify(real)}`];
      }),
    );
  await until('every page shows what the database says', QUIET_MS, () => stale().length === 0).catch(() =>
    wrong.push(...stale().slice(0, 5), `${stale().length} of ${pages.length * WATCHED} are stale for ever`),
  );
  const tookMs = performance.now() - quietAt;
  for (const { client } of pages) await client.dispose();
  await web.process.kill();
  return [
    {
      promise: 'reconnect misses nothing',
      broken: wrong,
      figure: `${pages.length} sockets, all right ${Math.round(tookMs)} ms after it was quiet`,
    },
  ];
}

function openPage(url: string, variantIds: readonly string[], random: Random, wrong: string[]): Page {
  const watched = new Set<string>();
  while (watched.size < WATCHED) watched.add(random.pick(variantIds));
  const shown = new Map<string, Shown>();
  let socket: WebSocket | null = null;
  const client = createClient({
    on: {
      opened: (opened) => {
        socket = opened as WebSocket;
      },
      closed: () => {
        socket = null;
      },
    },
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    retryAttempts: Number.MAX_SAFE_INTEGER,
    shouldRetry: () => true,
    retryWait: () => pause(random.between(50, 500)),
  });
  const subscribe = () =>
    client.subscribe<Update>(
      { query: SUBSCRIPTION, variables: { variantIds: [...watched] } },
      {
        next({ data, errors }) {
          if (errors) wrong.push(JSON.stringify(errors));
          for (const { variantId, ...is } of data?.availabilityChanged.variants ?? []) {
            const known = shown.get(variantId);
            // As every client does: the higher version is the newer one.
            if (!known || known.version <= is.version) shown.set(variantId, is);
          }
        },
        error: (fault) => wrong.push(`a subscription ended: ${JSON.stringify(fault)}`),
        complete: () => undefined,
      },
    );
  subscribe();
  return { client, cut: () => socket?.terminate(), variantIds: [...watched], shown };
}
