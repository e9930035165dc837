import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guestOf } from '@kontor/kit/src/auth/caller.ts';
import { createIdentity, generateInternalKeys } from '@kontor/kit/src/auth/internal-token.ts';
import { type Database, migrate, openDatabase, provision } from '@kontor/kit/src/database.ts';
import { startEmbeddedPostgres } from '@kontor/kit/src/embedded-postgres.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import { createApp } from '@kontor/products/src/app.ts';
import { fileURLToPath } from 'node:url';
import type { Figure } from '../report.ts';
import { fillCatalogue, QUERIES } from './catalogue.ts';

const SCENARIO = '11 search';
const WARM_UP = 20;
const PAGE = 'edges { cursor node { id handle title } } pageInfo { hasNextPage endCursor }';
const EVERYTHING = `totalCount facets { facet attribute value label count } priceRange { minMinor maxMinor } freshness { countsExact } ${PAGE}`;
const search = (selection: string) =>
  `query S($query: String!, $filters: [FacetFilterInput!], $sort: ProductSort) { productSearch(query: $query, first: 24, filters: $filters, sort: $sort, locale: "en") { ${selection} } }`;

/** Requests of a shopper who searches; each is asked once for every word. */
const REQUESTS = [
  { what: 'page, count, facets and prices', document: search(EVERYTHING), variables: {}, goal: '≤ 20 ms' },
  {
    what: 'the same, narrowed by two facets',
    document: search(EVERYTHING),
    variables: {
      filters: [
        { facet: 'OPTION', attribute: 'Size', values: ['M', 'L'] },
        { facet: 'AVAILABILITY', values: ['IN_STOCK'] },
      ],
    },
    goal: '≤ 20 ms',
  },
  { what: 'the same, by price', document: search(EVERYTHING), variables: { sort: 'PRICE_ASC' }, goal: '≤ 20 ms' },
  { what: 'page alone', document: search(PAGE), variables: {}, goal: '' },
] as const;

/**
 * Scenario 11: searches with about 5,000 matches among 100,000 products, at the graph of products, one after the other. Statements are counted;
 * the floor is the match alone: PostgreSQL counts the same products without a page, facets or prices.
 */
export async function searchScenario(measureMs: number, note: (figure: Figure) => void): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kontor-search-'));
  await chmod(folder, 0o755);
  const postgres = await startEmbeddedPostgres({ folder: join(folder, 'db'), port: 0 });
  let statements = 0;
  try {
    const { products: url } = await provision(postgres.url, ['products']);
    await migrate(url!, 'products', fileURLToPath(new URL('../../../drizzle/products/migrations', import.meta.url)));
    const db = openDatabase({ url: url!, name: 'search-bench' });
    await fillCatalogue(db);
    // What was filled is written out first, so that it is not written while searches are timed.
    const owner = openDatabase({ url: postgres.url, name: 'search-rest' });
    await owner.sql`checkpoint`;
    await owner.close();
    const keys = await generateInternalKeys(['products']);
    const identity = await createIdentity('products', keys['products']!);
    const asking = async (from: Database) => {
      const graph = createApp({ db: from, identity, bus: createMemoryBus(), logger: silentLogger }).graph();
      await graph.server.start();
      const call = { caller: guestOf('web'), requestId: 'bench' };
      return async (document: string, variables: Record<string, unknown>) => {
        const { data, errors } = await graph.execute({ query: document, variables }, call);
        if (errors) throw new Error(JSON.stringify(errors));
        return data as { productSearch: { totalCount?: number; edges: unknown[] } };
      };
    };
    // Statements are counted beside: a driver that reports them notes for each where it comes from.
    const counted = openDatabase({ url: url!, name: 'search-count', onQuery: () => (statements += 1) });
    const [ask, askCounted] = [await asking(db), await asking(counted)];
    await askCounted(search(EVERYTHING), { query: QUERIES[0] });
    const found: number[] = [];
    for (const query of QUERIES)
      found.push((await ask(search('totalCount edges { cursor }'), { query })).productSearch.totalCount!);
    note({ scenario: SCENARIO, what: 'matches, most', value: Math.max(...found), unit: '', floor: null, goal: '' });
    const floor = await timesOf(measureMs / 4, async (query) => {
      await db.sql`select count(*) from products.search_documents d
        where d.vector @@ (select products.search_query('en', ${[query]}, ${[query]}, 'any') && products.search_scope('web', 'en'))`;
    });
    for (const { what, document, variables, goal } of REQUESTS) {
      const before = statements;
      await askCounted(document, { query: QUERIES[0], ...variables });
      const sent = statements - before;
      const times = await timesOf(measureMs / 2, async (query) => {
        const { productSearch } = await ask(document, { query, ...variables });
        if (productSearch.edges.length !== 24) throw new Error(`"${query}" did not fill a page`);
      });
      for (const [name, share] of [['p50', 0.5] as const, ['p95', 0.95] as const])
        note({
          scenario: SCENARIO,
          what: `${what}, ${name}`,
          value: quantile(times, share),
          unit: 'ms',
          floor: { value: quantile(floor, share), what: 'the match alone' },
          goal: name === 'p95' ? goal : '',
        });
      note({
        scenario: SCENARIO,
        what: `${what}, statements`,
        value: sent,
        unit: '',
        floor: null,
        goal: goal && '≤ 3',
      });
    }
    await Promise.all([db.close(), counted.close()]);
  } finally {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Milliseconds of each round, for at least so long and every word ten times, in order. */
async function timesOf(leastMs: number, work: (query: string) => Promise<void>): Promise<number[]> {
  for (let round = 0; round < WARM_UP; round += 1) await work(QUERIES[round % QUERIES.length]!);
  const times: number[] = [];
  const startedAt = performance.now();
  while (performance.now() - startedAt < leastMs || times.length < QUERIES.length * 10) {
    const from = performance.now();
    await work(QUERIES[times.length % QUERIES.length]!);
    times.push(performance.now() - from);
  }
  return times.sort((one, other) => one - other);
}

const quantile = (sorted: readonly number[], share: number) => sorted[Math.floor((sorted.length - 1) * share)]!;
