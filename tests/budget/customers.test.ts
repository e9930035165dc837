import { guestOf, serviceCaller, type Caller } from '@kontor/kit/src/auth/caller.ts';
import { createEdgeAuthenticator } from '@kontor/kit/src/auth/edge.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { INTERNAL_PATH } from '@kontor/kit/src/subgraph.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectSent, startCountingStack, type CountingStack, type Operation } from './counting-stack.ts';
import { productsOf } from './demo-products.ts';
import { CART_CREATE, CHECKOUT } from './documents.ts';

const STAFF: Caller = {
  ...{ role: 'staff', subject: 'budget', channel: 'web' },
  scopes: ['customers:read', 'customers:write', 'customers:lookup', 'loyalty:read', 'companies:write', 'credit:write'],
};
const REFUSAL = '... on UserError { code message }';
const TOKENS = 'token refreshToken customer { id }';
const EVERYTHING = `id email givenName version identities { value } addresses { city } groups { code } segments { code }
  consents { purpose } preferences { key } statistics { orders } notes { body } loyalty { balance available tier { code } }`;

let stack: CountingStack;
let variantId: string;

const internally = (query: string): Operation => ({
  ...{ bff: 'customers', path: INTERNAL_PATH, caller: serviceCaller('budget'), query },
});
const ensure = async (email: string, companyId?: string): Promise<string> => {
  const query = 'mutation Ensure($input: CustomerEnsureInput!) { customerEnsure(input: $input) { customerId } }';
  const input = { email, givenName: 'Ada', ...(companyId === undefined ? {} : { companyId }) };
  const { customerEnsure } = await stack.run<{ customerEnsure: { customerId: string } }>({
    ...{ ...internally(query), variables: { input } },
  });
  return customerEnsure.customerId;
};
const asCustomer = (customerId: string, companyId?: string): Caller => ({
  ...{ role: 'customer', subject: customerId, customerId, channel: 'web', scopes: [] },
  ...(companyId === undefined ? {} : { companyId }),
});

beforeAll(async () => {
  stack = await startCountingStack();
  const variants = (await productsOf(stack)).flatMap((product) => product.variants);
  variantId = variants.find(({ availability }) => availability.sellableQuantity > 100)!.id;
});
afterAll(() => stack.stop());

describe('profiles', () => {
  it('a profile by its identity takes one statement', async () => {
    await ensure('by-identity@example.com');
    const query =
      'query ByIdentity($value: String!) { customerByIdentity(kind: EMAIL, value: $value) { id email givenName familyName phone locale version createdAt } }';
    const counted = await stack.count<{ customerByIdentity: object }>({
      ...{ bff: 'router', caller: STAFF, query, variables: { value: 'by-identity@example.com' } },
    });
    expect(counted.data.customerByIdentity).toMatchObject({ givenName: 'Ada' });
    expectSent(counted, { fetches: { customers: 1 }, statements: { customers: 1 } });
  });

  it('a customer reads the own profile by one statement, and all that belongs to it by one of each kind', async () => {
    const caller = asCustomer(await ensure('me@example.com'));
    const me = { bff: 'router', caller } as const;
    const plain = await stack.count({ ...me, query: '{ me { id email givenName familyName phone locale version } }' });
    expectSent(plain, { fetches: { customers: 1 }, statements: { customers: 1 } });
    const full = await stack.count({
      ...{
        ...me,
        query: `{ me { id email identities { value } addresses { city } groups { code } loyalty { balance } } }`,
      },
    });
    // The profile, identities, addresses, groups; the account of points.
    expectSent(full, { fetches: { customers: 1 }, statements: { customers: 1 + 4 } });
  });

  it.each([1, 50])('a page of %i profiles with all that belongs to them takes the same statements', async (count) => {
    for (let index = 0; index < count; index += 1) await ensure(`page-${index}@example.com`);
    const counted = await stack.count<{ customers: { edges: object[] } }>({
      ...{ bff: 'router', caller: STAFF },
      query: `query Page($first: Int!) { customers(first: $first) { edges { node { ${EVERYTHING} } } } }`,
      variables: { first: count },
    });
    expect(counted.data.customers.edges).toHaveLength(count);
    // The page; then identities, addresses, memberships, consents, preferences, statistics, notes; points and their rules.
    expectSent(counted, { fetches: { customers: 1 }, statements: { customers: 1 + 7 + 2 } });
  });
});

describe('who comes in', () => {
  /** What somebody's coming in sends. What has ended is asked for beside requests, now and then, and told of elsewhere. */
  const sentBy = async (comesIn: () => Promise<unknown>) => {
    const { fetches, statements } = await stack.watch(comesIn);
    return { fetches, statements: statements.filter(({ text }) => !text.includes('customers.revocations')) };
  };

  it('a key is looked up by one statement, then by none while it is remembered', async () => {
    const secret = `budget_key_${newId()}`;
    const query = 'mutation Key($input: CredentialUpsertInput!) { credentialUpsert(input: $input) { credentialId } }';
    const input = { secret, label: 'Budget', role: 'integration', channel: 'web', scopes: [] };
    await stack.run({ ...internally(query), variables: { input } });
    const edge = createEdgeAuthenticator({
      ...{ customers: stack.internal('customers'), service: 'router', channel: null, guests: false },
      roles: ['integration', 'customer'],
    });
    const authorization = `Bearer ${secret}`;
    await expect(edge.authenticate({ authorization: 'Bearer budget_key_of_nobody' })).rejects.toThrow();
    const first = await sentBy(() => edge.authenticate({ authorization }));
    expectSent(first, { fetches: {}, statements: { customers: 1 } });
    const again = await sentBy(() => edge.authenticate({ authorization }));
    expectSent(again, { fetches: {}, statements: {} });
  });

  it('an access token that was seen before takes no statement', async () => {
    const email = `token-${newId()}@example.com`;
    const signUp = `mutation SignUp($input: SignUpInput!) { signUp(input: $input) { __typename ${REFUSAL} ... on SignedIn { ${TOKENS} } } }`;
    const made = await stack.run<{ signUp: { token: string } }>({
      ...{ bff: 'customers', caller: guestOf('web'), query: signUp },
      variables: { input: { email, password: 'correct horse battery' } },
    });
    const edge = createEdgeAuthenticator({
      ...{ customers: stack.internal('customers'), service: 'bff-web', channel: 'web', guests: true },
      roles: ['customer'],
    });
    const authorization = `Bearer ${made.signUp.token}`;
    expect((await edge.authenticate({ authorization })).role).toBe('customer');
    expectSent(await sentBy(() => edge.authenticate({ authorization })), { fetches: {}, statements: {} });
  });

  it('signing in takes a known number of statements, the same for a wrong password and for nobody', async () => {
    const email = `sign-in-${newId()}@example.com`;
    const password = 'correct horse battery';
    const outcome = `__typename ${REFUSAL} ... on SignedIn { ${TOKENS} }`;
    const guest = { bff: 'customers', caller: guestOf('web') } as const;
    const signUp = `mutation SignUp($input: SignUpInput!) { signUp(input: $input) { ${outcome} } }`;
    await stack.run({ ...guest, query: signUp, variables: { input: { email, password } } });
    const signIn = `mutation SignIn($input: SignInInput!) { signIn(input: $input) { ${outcome} } }`;
    const attempt = (input: object) =>
      stack.count<{ signIn: { __typename: string } }>({ ...guest, query: signIn, variables: { input } });
    const right = await attempt({ email, password });
    expect(right.data.signIn.__typename).toBe('SignedIn');
    // The attempt, the account; in a transaction the profile's lock (twice two), the hash, the session, the oldest of too many, claims and
    // groups; the attempts forgotten.
    expectSent(right, { fetches: {}, statements: { customers: 2 + (2 + 4 + 1 + 2 + 2) + 1 } });
    for (const input of [
      { email, password: 'not the password' },
      { email: `no-${email}`, password },
    ]) {
      const refused = await attempt(input);
      expect(refused.data.signIn.__typename).toBe('InvalidCredentials');
      // The attempt and the account, whoever it is.
      expectSent(refused, { fetches: {}, statements: { customers: 2 } });
    }
  });
});

it('a member’s checkout on account adds two calls to customers and no payment', async () => {
  const companyUpsert = 'mutation Company($input: CompanyUpsertInput!) { companyUpsert(input: $input) { companyId } }';
  const made = await stack.run<{ companyUpsert: { companyId: string } }>({
    ...{ ...internally(companyUpsert), variables: { input: { name: 'Budget GmbH' } } },
  });
  const { companyId } = made.companyUpsert;
  const locationSet = `mutation Location($input: CompanyLocationSetInput!) { companyLocationSet(input: $input) { __typename ${REFUSAL} ... on CompanyLocationSet { location { id } } } }`;
  const location = await stack.run<{ companyLocationSet: { location: { id: string } } }>({
    ...{ bff: 'customers', caller: STAFF, query: locationSet },
    variables: {
      input: {
        ...{ companyId, name: 'Head office', currency: 'EUR', termsDays: 30 },
        address: { street: 'Hauptstraße 1', city: 'Berlin', country: 'DE' },
        creditLimit: { minorUnits: 100_000_000, currency: 'EUR' },
      },
    },
  });
  const caller = asCustomer(await ensure('member@example.com', companyId), companyId);
  const choose = `mutation Choose($input: CompanyLocationChooseInput!) { companyLocationChoose(input: $input) { __typename ${REFUSAL} } }`;
  const companyLocationId = location.companyLocationSet.location.id;
  await stack.run({ bff: 'customers', caller, query: choose, variables: { input: { companyLocationId } } });

  const counted = await stack.count<{ checkout: { __typename: string } }>(
    { bff: 'web', caller, query: CHECKOUT },
    async () => {
      const { cartCreate } = await stack.run<{ cartCreate: { cart: { id: string } } }>({
        ...{ bff: 'web', caller, query: CART_CREATE, variables: { input: { lines: [{ variantId, quantity: 1 }] } } },
      });
      return {
        input: {
          ...{ cartId: cartCreate.cart.id, tenders: [{ kind: 'TERMS' }], idempotencyKey: newId() },
          shippingAddress: { name: 'Ada Lovelace', city: 'Berlin', postalCode: '10119', country: 'DE' },
        },
      };
    },
  );
  expect(counted.data.checkout.__typename).toBe('OrderPlaced');
  expectSent(counted, {
    fetches: {
      router: 1,
      orders: 1,
      'prices (internal)': 1,
      'stock (internal)': 3,
      // Whether the company lets it through, the hold of its credit; the person is known, so the profile is not asked for.
      'customers (internal)': 2,
    },
    statements: {
      // As a guest's.
      orders: 4 + 3 + 4 + 3,
      prices: 1,
      stock: 2 + 1 + 1,
      // The member and the rules; in a transaction the member, what it is for (written and read) and the hold.
      customers: 2 + (2 + 1 + 2 + 1),
    },
  });
});
