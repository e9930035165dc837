import { createApp as createCustomers } from '@kontor/customers/src/app.ts';
import { serviceCaller, type Caller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { GraphClient } from '@kontor/kit/src/graph/graph.ts';
import { createMemoryClient } from '@kontor/kit/src/graph/memory-client.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { INTERNAL_PATH } from '@kontor/kit/src/subgraph.ts';
import { createApp as createPrices } from '@kontor/prices/src/app.ts';
import { createApp as createProducts } from '@kontor/products/src/app.ts';
import { createApp as createStock } from '@kontor/stock/src/app.ts';
import { asGuest, asService, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pathOfGraph, run, type Operator } from '../operator.ts';
import type { Subgraph } from '../services.ts';
import { CATEGORIES } from './catalogue/categories.ts';
import { COLLECTIONS, RULED_COLLECTION } from './catalogue/collections.ts';
import { DRAFT, SCHEDULED } from './catalogue/planned.ts';
import { PRICE_LISTS } from './catalogue/prices.ts';
import { PRODUCT_TYPES } from './catalogue/product-types.ts';
import { SYNONYMS } from './catalogue/synonyms.ts';
import { COMPANY_MEMBERS } from './company.ts';
import { CUSTOMERS, DEMO_PASSWORD } from './customers.ts';
import { DEMO_KEYS } from './keys.ts';
import { STAFF } from './staff.ts';
import { LEVELS } from './stock.ts';
import { seedDemo } from './seed.ts';

const NAMES = ['products', 'prices', 'stock', 'customers'] as const;
type Name = (typeof NAMES)[number];

let testDb: TestDatabase;
let databases: Record<Name, Database>;
let services: Record<Name, Service>;
let operator: Operator;
/** Commands that went out, and after how many the connection breaks. */
const line = { commands: 0, breaksAfter: Infinity };

beforeAll(async () => {
  testDb = await createTestDatabase(NAMES);
  const identities = await createTestIdentities(NAMES);
  databases = Object.fromEntries(NAMES.map((name) => [name, testDb.open(name)])) as Record<Name, Database>;
  const bus = createMemoryBus();
  const deps = (name: Name) => ({ db: databases[name], bus, identity: identities[name], logger: silentLogger });
  const graphs = (name: Subgraph, path: string): GraphClient =>
    createMemoryClient(name, () => services[name as Name].graph(path), true);
  const peers = { products: graphs('products', INTERNAL_PATH), customers: graphs('customers', INTERNAL_PATH) };
  services = {
    products: createProducts(deps('products')),
    prices: createPrices({ ...deps('prices'), peers }),
    stock: createStock({ ...deps('stock'), peers }),
    customers: createCustomers(deps('customers')),
  };
  for (const name of NAMES) await services[name].start();
  const call = { caller: serviceCaller('operator'), requestId: 'seed' };
  operator = {
    async ask(name, request, graph) {
      line.commands += 1;
      if (line.commands > line.breaksAfter) throw new Error('cut off');
      return graphs(name, pathOfGraph(graph)).execute(request, call);
    },
  };
});
afterAll(async () => {
  for (const name of NAMES) await services[name].stop();
  await testDb.drop();
});

const COUNTED: Record<Name, readonly string[]> = {
  products: [
    'channels',
    'product_types',
    'products',
    'variants',
    'categories',
    'product_categories',
    'product_texts',
    'product_relations',
    'collections',
    'publications',
    'search_synonyms',
    'product_drafts',
    'product_revisions',
  ],
  prices: ['price_lists', 'prices', 'tax_rates'],
  stock: ['locations', 'levels', 'movements'],
  customers: [
    'customers',
    'companies',
    'company_locations',
    'company_members',
    'approval_rules',
    'credentials',
    'devices',
    'staff_members',
    'passwords',
    'groups',
    'consents',
    'loyalty_rules',
    'ledger_transactions',
  ],
};

/** Rows by table, and the units that are available. */
async function countRows() {
  const counts: Partial<Record<string, number>> = {};
  for (const name of NAMES) {
    const { sql } = databases[name];
    for (const table of COUNTED[name]) {
      const [row] = await sql`select count(*)::int as count from ${sql(`${name}.${table}`)}`;
      counts[table] = row!['count'] as number;
    }
  }
  const [row] = await databases.stock.sql`select sum(available)::int as units from stock.levels`;
  return { ...counts, units: row!['units'] as number };
}

const SEARCH = /* GraphQL */ `
  query Lantern {
    productByHandle(handle: "trail-lantern") {
      title
      variants {
        id
        sku
      }
    }
  }
`;

interface Lantern {
  productByHandle: { title: string; variants: { id: string; sku: string }[] };
}

const AVAILABILITY = /* GraphQL */ `
  query Sellable($channel: ID!, $variantIds: [ID!]!) {
    channelAvailability(channel: $channel, variantIds: $variantIds) {
      sellableQuantity
    }
  }
`;

const QUOTE = /* GraphQL */ `
  query Quote($input: QuoteInput!) {
    quote(input: $input) {
      lines {
        priceListCode
        unit {
          gross {
            minorUnits
          }
        }
      }
    }
  }
`;

const AUTHENTICATE = /* GraphQL */ `
  query Who($credential: String!) {
    authenticate(credential: $credential) {
      role
      channel
      scopes
      customerId
      companyId
      locationId
    }
  }
`;

test('does the rest after being cut off, and then nothing more', async () => {
  line.breaksAfter = 30;
  await expect(seedDemo(operator)).rejects.toThrow('cut off');
  line.breaksAfter = Infinity;
  expect(await seedDemo(operator)).toBe('seeded');
  const counts = await countRows();
  expect(counts).toMatchObject({
    channels: 5,
    products: 156,
    variants: 488,
    product_types: PRODUCT_TYPES.length,
    categories: CATEGORIES.length,
    // Those that go by a rule, too.
    collections: COLLECTIONS.length + 1,
    search_synonyms: SYNONYMS.length,
    product_drafts: 1,
    price_lists: PRICE_LISTS.length,
    prices: PRICE_LISTS.reduce((sum, list) => sum + list.prices.length, 0),
    tax_rates: 15,
    locations: 12,
    customers: CUSTOMERS.length,
    companies: 1,
    company_locations: 2,
    company_members: 3,
    approval_rules: 1,
    credentials: 8,
    devices: 1,
    staff_members: 2,
    passwords: 4,
    consents: 2,
    ledger_transactions: 1,
    units: LEVELS.reduce((sum, { quantity }) => sum + quantity, 0),
  });
  // A level of zero units may stand or not: it is the same stock.
  expect((counts as Record<string, number>)['levels']).toBeGreaterThanOrEqual(
    LEVELS.filter(({ quantity }) => quantity > 0).length,
  );
  expect(await seedDemo(operator)).toBe('already');
  expect(await countRows()).toEqual(counts);
});

test('sells twenty trail lanterns wherever the Leipzig warehouse serves', async () => {
  const found = await services.products.graph().execute<Lantern>({ query: SEARCH }, asGuest('web'));
  expect(found.errors).toBeUndefined();
  const [variant] = found.data!.productByHandle.variants;
  const variantIds = [variant!.id];
  const sellable = async (channel: string) => {
    const result = await services.stock
      .graph(INTERNAL_PATH)
      .execute<{ channelAvailability: { sellableQuantity: number }[] }>(
        { query: AVAILABILITY, variables: { channel, variantIds } },
        asService(),
      );
    return result.data!.channelAvailability[0]!.sellableQuantity;
  };
  await eventually(async () => expect(await sellable('web')).toBe(20));
  for (const channel of ['mobile', 'b2b', 'marketplace']) expect(await sellable(channel)).toBe(20);
  expect(await sellable('pos')).toBe(0);
});

test('quotes the lantern alike in every channel, from the base list', async () => {
  const found = await services.products.graph().execute<Lantern>({ query: SEARCH }, asGuest('web'));
  const { id } = found.data!.productByHandle.variants[0]!;
  const lines = [{ lineId: '1', variantId: id, quantity: 1 }];
  await eventually(async () => {
    for (const channel of ['web', 'mobile', 'pos', 'b2b', 'marketplace']) {
      const input = { channel, currency: 'EUR', country: 'DE', lines };
      const { quote } = await run<{ quote: { lines: unknown[] } }>(operator, 'prices', QUOTE, { input });
      expect(quote.lines).toEqual([{ priceListCode: 'base-eur', unit: { gross: { minorUnits: 8990 } } }]);
    }
  });
});

const GERMAN = /* GraphQL */ `
  query German {
    productByHandle(handle: "alder-2-tent") {
      title(locale: "de-AT")
      options(locale: "de") {
        name
        values
      }
      category {
        name(locale: "de")
        ancestors {
          name(locale: "de")
        }
      }
      relations(kind: ACCESSORY) {
        handle
      }
    }
    jackets: categoryByHandle(handle: "jackets") {
      products(first: 1) {
        totalCount
      }
    }
    collectionByHandle(handle: "gifts") {
      title(locale: "de")
    }
    found: productSearch(query: "Thermoskanne", locale: "de", first: 5) {
      edges {
        node {
          handle
        }
      }
    }
  }
`;

test('is read in German, filed in categories and found by the words that people use', async () => {
  const found = await services.products.graph().execute({ query: GERMAN }, asGuest('web'));
  expect(found.errors).toBeUndefined();
  expect(found.data).toEqual({
    productByHandle: {
      title: 'Zelt Alder 2',
      options: [{ name: 'Farbe', values: ['Moos', 'Sand'] }],
      category: { name: 'Zelte', ancestors: [{ name: 'Camping' }] },
      relations: ['groundsheet-footprint', 'storm-peg-set', 'gear-repair-kit'].map((handle) => ({ handle })),
    },
    jackets: { products: { totalCount: 14 } },
    collectionByHandle: { title: 'Geschenke' },
    // What is called so comes before what only speaks of it.
    found: { edges: [{ node: { handle: 'insulated-bottle' } }, { node: { handle: 'kar-30-day-pack' } }] },
  });
});

const PLANNED = /* GraphQL */ `
  query Planned($scheduled: String!, $drafted: String!) {
    scheduled: productByHandle(handle: $scheduled) {
      channels {
        code
      }
      publications {
        channel {
          code
        }
        startsAt
        isLive
      }
    }
    drafted: productByHandle(handle: $drafted) {
      title
      draft {
        change
        publishAt
      }
    }
  }
`;

interface Planned {
  readonly scheduled: {
    readonly channels: readonly { readonly code: string }[];
    readonly publications: readonly {
      readonly channel: { readonly code: string };
      readonly startsAt: string | null;
      readonly isLive: boolean;
    }[];
  };
  readonly drafted: { readonly title: string; readonly draft: { readonly change: { readonly title: string } } };
}

test('has a publication and a change ahead that nobody sees yet', async () => {
  const found = await services.products
    .graph()
    .execute<Planned>(
      { query: PLANNED, variables: { scheduled: SCHEDULED.handle, drafted: DRAFT.handle } },
      asService(),
    );
  expect(found.errors).toBeUndefined();
  const { scheduled, drafted } = found.data!;
  const ahead = scheduled.publications.find(({ channel }) => channel.code === SCHEDULED.channel)!;
  expect(ahead.isLive).toBe(false);
  expect(Date.parse(ahead.startsAt!)).toBeGreaterThan(Date.now());
  expect(scheduled.channels.map(({ code }) => code)).not.toContain(SCHEDULED.channel);
  expect(drafted).toMatchObject({
    title: 'Kessler Roll-Top',
    draft: { change: { title: DRAFT.change.title }, publishAt: null },
  });
});

const RULED = /* GraphQL */ `
  query Ruled($handle: String!) {
    collectionByHandle(handle: $handle) {
      isRuleBased
      products(first: 50) {
        edges {
          node {
            handle
          }
        }
      }
    }
  }
`;

interface Ruled {
  readonly collectionByHandle: {
    readonly isRuleBased: boolean;
    readonly products: { readonly edges: readonly { readonly node: { readonly handle: string } }[] };
  };
}

test('fills the collection that goes by a rule from attributes and tags', async () => {
  await eventually(async () => {
    const found = await services.products
      .graph()
      .execute<Ruled>({ query: RULED, variables: { handle: RULED_COLLECTION.handle } }, asGuest('web'));
    const { isRuleBased, products } = found.data!.collectionByHandle;
    expect(isRuleBased).toBe(true);
    expect(products.edges.map(({ node }) => node.handle).sort()).toEqual([
      'badger-winter-sleeping-bag',
      'heronry-four-season-tent',
      'insulated-bottle',
      'mens-eider-down-jacket',
      'merino-leggings',
      'storm-gauntlets',
      'vole-down-sleeping-bag',
      'womens-eider-down-jacket',
      'wool-felt-mittens',
    ]);
  });
});

test('lets every key in as what it is listed as', async () => {
  for (const { key, role, channel, scopes, customerEmail, locationCode } of Object.values(DEMO_KEYS).flat()) {
    const { authenticate } = await run<{ authenticate: Record<string, unknown> }>(operator, 'customers', AUTHENTICATE, {
      credential: key,
    });
    expect(authenticate).toMatchObject({ role, channel, scopes: [...scopes].sort() });
    expect(authenticate['customerId'] !== null).toBe(customerEmail !== undefined);
    expect(authenticate['locationId'] !== null).toBe(locationCode !== undefined);
    expect(authenticate['companyId'] !== null).toBe(channel === 'b2b');
  }
});

const STAFF_SIGN_IN = /* GraphQL */ `
  mutation StaffSignIn($input: StaffSignInInput!) {
    staffSignIn(input: $input) {
      __typename
      ... on StaffSignedIn {
        staff {
          name
        }
      }
    }
  }
`;

const SIGN_IN = /* GraphQL */ `
  mutation SignIn($input: SignInInput!) {
    signIn(input: $input) {
      __typename
      ... on SignedIn {
        customer {
          companyRole
        }
      }
    }
  }
`;

/** Asks customers' part of the shared graph as somebody in a channel. */
async function ask<Data>(query: string, input: object, who: Partial<Caller>): Promise<Data> {
  const caller: Caller = { role: 'guest', subject: 'test', channel: 'b2b', scopes: [], ...who };
  const result = await services.customers
    .graph()
    .execute<Data>({ query, variables: { input } }, { caller, requestId: 'test' });
  expect(result.errors).toBeUndefined();
  return result.data!;
}

test('lets the staff in at the register by code and PIN', async () => {
  const { authenticate: device } = await run<{ authenticate: Caller }>(operator, 'customers', AUTHENTICATE, {
    credential: DEMO_KEYS.pos.find(({ role }) => role === 'device')!.key,
  });
  const [{ id: deviceId }] = (await databases.customers.sql`
    select device_id::text as id from customers.devices`) as unknown as [{ id: string }];
  for (const { code, pin, name } of STAFF)
    expect(
      await ask(
        STAFF_SIGN_IN,
        { staffCode: code, pin },
        {
          role: 'device',
          channel: 'pos',
          deviceId,
          locationId: device.locationId!,
        },
      ),
    ).toEqual({ staffSignIn: { __typename: 'StaffSignedIn', staff: { name } } });
});

test('lets people sign in with the password of the demo, members with their roles', async () => {
  const roles: Record<string, string> = Object.fromEntries(COMPANY_MEMBERS.map(({ email, role }) => [email, role]));
  for (const { email } of CUSTOMERS.filter(({ hasPassword }) => hasPassword))
    expect(await ask(SIGN_IN, { email, password: DEMO_PASSWORD }, {})).toEqual({
      signIn: { __typename: 'SignedIn', customer: { companyRole: roles[email] ?? null } },
    });
});

test('replaces no password and no PIN that somebody chose since', async () => {
  const { sql } = databases.customers;
  const kept = async () => [
    await sql`select hash from customers.passwords order by customer_id`,
    await sql`select pin_hash from customers.staff_members order by code`,
  ];
  const before = await kept();
  await sql`delete from customers.credentials where label = ${DEMO_KEYS.marketplace[0]!.label}`;
  expect(await seedDemo(operator)).toBe('seeded');
  expect(await kept()).toEqual(before);
});
