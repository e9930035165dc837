import type { BffDeps } from '@kontor/kit/src/bff/bff.ts';
import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import type { GraphClient } from '@kontor/kit/src/graph/graph.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createFakeStock, type FakeStock } from '@kontor/testkit/src/fake-stock.ts';
import { createFakeRouter, type FakeRouter } from './fake-router.ts';

export type Credential = Omit<Caller, 'subject'>;

/** A BFF that listens, over a router, stock and credentials that a test makes up. */
export interface Channel {
  readonly url: string;
  readonly router: FakeRouter;
  readonly stock: FakeStock;
  stop(): Promise<void>;
}

/** Starts the BFF of a channel. @param keys what `Authorization: Bearer` may carry. */
export async function startChannel(
  name: string,
  createApp: (deps: BffDeps) => Service,
  root: Record<string, unknown>,
  keys: Readonly<Record<string, Credential>> = {},
): Promise<Channel> {
  const service = `bff-${name}`;
  const identity = (await createTestIdentities([service]))[service]!;
  const router = createFakeRouter(root);
  const stock = createFakeStock();
  const customers = {
    execute: ({ variables }: { variables: { credential: string } }) => {
      const found = keys[variables.credential];
      return Promise.resolve({ data: { authenticate: found ? { subject: variables.credential, ...found } : null } });
    },
  } as unknown as GraphClient;
  const app = createApp({ identity, logger: silentLogger, router, customers, stock });
  const port = await app.listen(0, '127.0.0.1');
  return { url: `http://127.0.0.1:${port}/graphql`, router, stock, stop: () => app.stop() };
}

const eur = (minorUnits: number) => ({ minorUnits, currency: 'EUR' });
export const taxed = (grossMinor: number) => ({ net: eur(grossMinor - 19), gross: eur(grossMinor), tax: eur(19) });

/** A variant of the shared graph. */
export const variant = (id: string, changes: Record<string, unknown> = {}) => ({
  id,
  title: 'M / Navy',
  sku: `SKU-${id}`,
  barcode: '9520012030013',
  selectedOptions: [{ name: 'Size', value: 'M' }],
  image: { url: 'https://images.example/m.jpg', altText: 'A parka' },
  product: { id: 'p1', handle: 'parka', title: 'Parka' },
  price: { ...taxed(11_900), compareAt: eur(14_900), priceList: { code: 'base-eur' } },
  availability: {
    variantId: id,
    status: 'IN_STOCK',
    sellableQuantity: 42,
    version: 7,
    asOf: '2026-01-31T12:00:00.000Z',
  },
  ...changes,
});

/** A product of the shared graph. */
export const product = (changes: Record<string, unknown> = {}) => ({
  id: 'p1',
  handle: 'parka',
  title: 'Parka',
  descriptionHtml: '<p>Warm.</p>',
  vendor: 'Oberland',
  productType: 'Jacket',
  tags: ['warm'],
  media: [{ url: 'https://images.example/1.jpg', altText: null, role: 'GALLERY' }],
  options: [{ name: 'Size', values: ['M'] }],
  collections: [{ id: 'c1', handle: 'new', title: 'New' }],
  seo: { title: 'Parka', description: 'Warm.' },
  updatedAt: '2026-01-31T12:00:00.000Z',
  variants: [variant('v1')],
  ...changes,
});

/** A page of products of the shared graph. */
export const products = (...nodes: unknown[]) => ({
  edges: nodes.map((node, index) => ({ cursor: `cursor-${index}`, node })),
  pageInfo: {
    hasNextPage: false,
    hasPreviousPage: false,
    startCursor: 'cursor-0',
    endCursor: `cursor-${nodes.length - 1}`,
  },
  totalCount: nodes.length,
  facets: [
    {
      facet: 'VENDOR',
      attribute: null,
      value: 'Oberland',
      label: 'Oberland',
      count: nodes.length,
      isApproximate: false,
    },
  ],
  priceRange: { currency: 'EUR', minMinor: 1_990, maxMinor: 11_900 },
  freshness: { asOf: '2026-01-31T12:00:00.000Z', pricesExact: true, countsExact: true },
});
