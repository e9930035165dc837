/** What the system is made of. Services of one kind have the same shape; who needs whom is said here and nowhere else. */
export const SUBGRAPHS = ['products', 'prices', 'stock', 'orders', 'customers'] as const;
export const BFFS = ['web', 'mobile', 'pos', 'b2b', 'marketplace'] as const;

export type Subgraph = (typeof SUBGRAPHS)[number];
export type Bff = (typeof BFFS)[number];

/** PostgreSQL schemas: one per subgraph, and one for the payment simulator. */
export const SCHEMAS = [...SUBGRAPHS, 'psp'] as const;
export type Schema = (typeof SCHEMAS)[number];

/** The internal graphs that a subgraph asks. */
export const PEERS: Readonly<Record<Subgraph, readonly Subgraph[]>> = {
  // For what search keeps of prices and of what can be sold.
  products: ['prices', 'stock'],
  // For what promotions and taxes ask of goods, and of the places that companies buy for.
  prices: ['products', 'customers'],
  stock: ['products'],
  orders: ['products', 'prices', 'stock', 'customers'],
  // For what is kept of people elsewhere; orders asks customers, too.
  customers: ['orders'],
};

/** The name by which a BFF signs, and by which others sign for it. */
export const bffName = (bff: Bff): string => `bff-${bff}`;

/** The service that the importer and the seed act as. */
export const OPERATOR = 'operator';

/** Everybody who signs or verifies internal tokens. */
export const IDENTITIES: readonly string[] = [...SUBGRAPHS, 'router', ...BFFS.map(bffName), OPERATOR];

/**
 * The channels in whose name a service may vouch for people: a BFF for its own, everybody else for none but itself. The router passes on
 * what BFFs vouched for, and is bound to no channel.
 */
export const CHANNELS_OF: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries([...SUBGRAPHS, OPERATOR].map((name) => [name, []])),
  ...Object.fromEntries(BFFS.map((bff) => [bffName(bff), [bff]])),
};

export const DEFAULT_PORTS = {
  router: 4000,
  products: 4001,
  prices: 4002,
  stock: 4003,
  orders: 4004,
  customers: 4005,
  web: 4010,
  mobile: 4020,
  pos: 4030,
  b2b: 4040,
  marketplace: 4050,
  psp: 4090,
} as const;

/** Everything that listens. */
export type Listener = keyof typeof DEFAULT_PORTS;
export const LISTENERS = Object.keys(DEFAULT_PORTS) as Listener[];
