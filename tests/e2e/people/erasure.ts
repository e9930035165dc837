import { randomUUID } from 'node:crypto';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { scanForValues } from '@kontor/testkit/src/scan-for-values.ts';
import { beforeAll, expect, it } from 'vitest';
import { CARD } from '../operations.ts';
import type { System } from '../system.ts';
import { expectAccountsVerified, setProgramme } from './accounts.ts';
import { makeMarkedPerson, type MarkedPerson } from './marked-person.ts';
import { buy, plentifulVariant, signIn } from './shopping.ts';
import { hireStaff, tellAt, type Staff } from './staff.ts';

const LATE = 8;
const SETTLED_MS = 30_000;
const REQUEST = 'request { id state missing }';
const STATE = `query ($id: ID!) { privacyRequest(id: $id) { state missing } }`;
const PARTS = `query ($id: ID!, $after: Cursor) { privacyRequest(id: $id) {
  parts(first: 50, after: $after) { edges { node { subgraph kind data } } pageInfo { hasNextPage endCursor } } } }`;

interface Part {
  readonly subgraph: string;
  readonly kind: string;
  readonly data: unknown;
}
interface Parts {
  readonly privacyRequest: {
    readonly parts: {
      readonly edges: readonly { readonly node: Part }[];
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
    };
  };
}

/**
 * A person gets to see everything that is kept of them, in customers and in orders, and nothing of it is left once they are forgotten.
 * @param logged lines of all services' logs so far, where they can be seen.
 */
export function erasure(system: () => System, logged?: () => readonly string[]): void {
  let staff: Staff;
  let variantId: string;
  beforeAll(async () => {
    staff = await hireStaff(system());
    variantId = await plentifulVariant(system());
  });

  const completed = (id: string) =>
    eventually(async () => {
      const { privacyRequest } = await staff.ask<{ privacyRequest: unknown }>(STATE, { id });
      expect(privacyRequest).toEqual({ state: 'COMPLETED', missing: [] });
    }, SETTLED_MS);
  const order = async (field: 'privacyExport' | 'privacyErase', input: object) => {
    const accepted = await staff.change<{ request: { id: string } }>(
      field,
      { idempotencyKey: randomUUID(), ...input },
      `... on PrivacyRequestAccepted { ${REQUEST} }`,
    );
    expect(accepted.__typename).toBe('PrivacyRequestAccepted');
    return accepted.request.id;
  };
  const partsOf = async (id: string): Promise<Part[]> => {
    const parts: Part[] = [];
    for (let after: string | null = null; ;) {
      const page: Parts = await staff.ask<Parts>(PARTS, { id, after });
      const { edges, pageInfo }: Parts['privacyRequest']['parts'] = page.privacyRequest.parts;
      parts.push(...edges.map(({ node }) => node));
      if (!pageInfo.hasNextPage) return parts;
      after = pageInfo.endCursor;
    }
  };
  /** What orders keeps of money, which forgetting a person does not change. */
  const amounts = async ({ customerId, formerId }: MarkedPerson) => {
    const { sql } = system().database.open('orders', { max: 1 });
    return [
      ...(await sql`
        select o.number, o.status, o.currency, o.net_minor, o.tax_minor, o.gross_minor, o.placed_at,
          (select sum(p.amount_minor) from orders.payments p where p.order_id = o.order_id) as paid,
          (select jsonb_agg(jsonb_build_array(l.variant_id, l.quantity, l.gross_minor) order by l.position)
            from orders.order_lines l where l.order_id = o.order_id) as lines
        from orders.orders o where o.customer_id in (${customerId}, ${formerId}) order by o.number`),
    ];
  };
  const versionOf = async (id: string) =>
    (await staff.ask<{ customer: { version: number } }>('query ($id: ID!) { customer(id: $id) { version } }', { id }))
      .customer.version;
  /** A person with orders, a cart and a profile that was merged into theirs. */
  const makePerson = async (name: string) => {
    const person = await makeMarkedPerson(system(), staff, name, variantId);
    const bought = await person.markedCart();
    const outcome = await person.session.hold((token) => buy(system(), token, bought, CARD[0]!, person.buyer));
    expect(outcome.__typename).toBe('OrderPlaced');
    await person.markedCart();
    const { customerId: survivorId, formerId: absorbedId } = person;
    await staff.change('customerMerge', {
      ...{ survivorId, absorbedId, idempotencyKey: randomUUID() },
      expectedSurvivorVersion: await versionOf(survivorId),
      expectedAbsorbedVersion: await versionOf(absorbedId),
    });
    return person;
  };
  const linesWith = (marks: readonly string[]) =>
    (logged?.() ?? []).filter((line) => marks.some((mark) => line.toLowerCase().includes(mark.toLowerCase())));

  it('shows a person all that is kept of them, then forgets it in every schema and every log', async () => {
    await setProgramme(staff);
    const person = await makePerson('shown');
    const found = await scanForValues(system().database.adminUrl, person.marks);
    // Otherwise finding none would say nothing.
    expect(person.marks.filter((mark) => !found.some(({ value }) => value === mark))).toEqual([]);

    const exportId = await order('privacyExport', { customerId: person.customerId });
    await completed(exportId);
    const parts = await partsOf(exportId);
    const shown = (subgraph: string) =>
      JSON.stringify(parts.filter((part) => part.subgraph === subgraph).map(({ data }) => data)).toLowerCase();
    const [customers, orders] = [shown('customers'), shown('orders')];
    expect(person.marks.filter((mark) => ![customers, orders].some((text) => text.includes(mark)))).toEqual([]);
    expect(person.marks.filter((mark) => /contact|buyer|bill|cart/.test(mark) && !orders.includes(mark))).toEqual([]);

    const before = await amounts(person);
    expect(before).toHaveLength(1);
    await completed(await order('privacyErase', { customerId: person.customerId, confirmation: person.email }));
    expect(await scanForValues(system().database.adminUrl, person.marks)).toEqual([]);
    expect(linesWith(person.marks)).toEqual([]);
    expect(await amounts(person)).toEqual(before);
    await expectAccountsVerified(system());

    expect(await signIn(system(), person.email)).toMatchObject({ code: 'INVALID_CREDENTIALS' });
    const { token, refreshToken } = person.session.tokens();
    const refreshed = await tellAt(system().url('web'), undefined, 'sessionRefresh', { refreshToken });
    expect(refreshed).toMatchObject({ code: 'SESSION_ENDED' });
    await eventually(
      async () =>
        expect(tellAt(system().url('web'), token, 'profileUpdate', { givenName: 'Back' })).rejects.toThrow(
          'UNAUTHENTICATED',
        ),
      SETTLED_MS,
    );
  });

  it('leaves nothing of a person who buys and fills in addresses until they are refused, while they are forgotten', async () => {
    const person = await makePerson('late');
    const carts = await Promise.all(Array.from({ length: LATE }, () => person.markedCart()));
    const open = await person.markedCart();
    const { token } = person.session.tokens();
    const erasing = order('privacyErase', { customerId: person.customerId, confirmation: person.email });
    const buying = carts.map((cart) => buy(system(), token, cart, CARD[0]!, person.buyer).catch(String));
    const address = { street: person.mark('typed'), city: 'Berlin', postalCode: '10115', country: 'DE' };
    const input = { cartId: open.id, shippingAddress: address, billingAddress: address };
    const typing = (async () => {
      for (;;) {
        try {
          await tellAt(system().url('web'), token, 'cartAddressSet', input);
        } catch (error) {
          if (/UNAUTHENTICATED/.test(String(error))) return;
          throw error;
        }
      }
    })();
    const outcomes = await Promise.all(buying);
    for (const outcome of outcomes)
      expect(typeof outcome === 'string' ? outcome : outcome.__typename).toMatch(
        /OrderPlaced|UNAUTHENTICATED|CheckoutInvalid/,
      );
    await typing;
    await completed(await erasing);
    expect(await scanForValues(system().database.adminUrl, person.marks)).toEqual([]);
    expect(linesWith(person.marks)).toEqual([]);
    await expectAccountsVerified(system());
  });
}
