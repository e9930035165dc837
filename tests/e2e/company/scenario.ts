import { randomUUID } from 'node:crypto';
import { DEMO_PASSWORD } from '@kontor/stack/src/demo/customers.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { ask, post } from '@kontor/testkit/src/graph-client.ts';
import { expect, it } from 'vitest';
import { ADDRESS, CART_CREATE, type CartCreateData } from '../operations.ts';
import type { System } from '../system.ts';

const RUTH = 'ruth.steiner@bergblick.example';
const LUKAS = 'lukas.gruber@bergblick.example';
const HANNA = 'hanna.moser@bergblick.example';

const SIGN_IN = `mutation SignIn($input: SignInInput!) { signIn(input: $input) { __typename ... on SignedIn { token refreshToken account { role company { name } } } } }`;
const DASHBOARD = `{ dashboard { company { name } role location { id name termsDays } approvalRules { code isActive totalAtLeast { minorUnits } }
  credit { limit { minorUnits } owed { minorUnits } held { minorUnits } available { minorUnits } aging { current { minorUnits } } } } }`;
const CATALOG = `{ catalogPage(first: 100) { products { edges { node { variants { id price { gross { minorUnits } } availability { sellableQuantity } } } } } } }`;
const CHOOSE =
  'mutation Choose($input: CompanyLocationChooseInput!) { companyLocationChoose(input: $input) { __typename ... on CompanyLocationChosen { location { id } } } }';
const REFRESH =
  'mutation Refresh($input: SessionRefreshInput!) { sessionRefresh(input: $input) { ... on SessionRefreshed { token } } }';
const TEAM = '{ team { members { edges { node { id role email givenName } } } invitations { email } } }';
const STATEMENT = `query Statement($from: DateTime!, $to: DateTime!) { statement(from: $from, to: $to, first: 200) { openingBalance { minorUnits } closingBalance { minorUnits }
  entries { edges { node { kind amount { minorUnits } dueOn } } } } }`;
const CHECKOUT = `mutation Checkout($input: CheckoutInput!) { checkout(input: $input) { __typename ... on OrderPlaced { order { id total { gross { minorUnits } } payments { kind status } } }
  ... on UserError { code message } } }`;

interface Credit {
  readonly owed: { readonly minorUnits: number };
  readonly held: { readonly minorUnits: number };
  readonly available: { readonly minorUnits: number };
}
interface Dashboard {
  readonly dashboard: { readonly credit: Credit; readonly location: { readonly id: string } };
}
interface CatalogPage {
  readonly catalogPage: {
    readonly products: {
      readonly edges: readonly {
        readonly node: {
          readonly variants: readonly {
            readonly id: string;
            readonly price: { readonly gross: { readonly minorUnits: number } } | null;
            readonly availability: { readonly sellableQuantity: number } | null;
          }[];
        };
      }[];
    };
  };
}
interface Checkout {
  readonly checkout: {
    readonly __typename: string;
    readonly order?: { readonly total: { readonly gross: { readonly minorUnits: number } } };
  };
}

/** People of a company sign in, see what they may, and buy on account by the company's rules. */
export function company(system: () => System): void {
  const b2b = () => system().url('b2b');
  const signIn = async (email: string) => {
    const { signIn: session } = await ask<{ signIn: { __typename: string; token: string; refreshToken: string } }>(
      b2b(),
      SIGN_IN,
      { input: { email, password: DEMO_PASSWORD } },
    );
    expect(session.__typename).toBe('SignedIn');
    return session;
  };
  const creditOf = async (token: string) => (await ask<Dashboard>(b2b(), DASHBOARD, {}, token)).dashboard.credit;

  /** Fills a cart for an amount or a little more, with what the portal has plenty of. */
  async function cartFor(token: string, atLeastMinor: number): Promise<string> {
    const { catalogPage } = await ask<CatalogPage>(b2b(), CATALOG, {}, token);
    const variants = catalogPage.products.edges.flatMap(({ node }) => node.variants);
    const lines: { variantId: string; quantity: number }[] = [];
    let missingMinor = atLeastMinor;
    for (const { id, price, availability } of variants) {
      const unitMinor = price?.gross.minorUnits ?? 0;
      // Other scenarios buy at the same time: some is left for them.
      const most = Math.floor((availability?.sellableQuantity ?? 0) / 2);
      const quantity = Math.min(most, unitMinor === 0 ? 0 : Math.ceil(missingMinor / unitMinor));
      if (quantity <= 0) continue;
      lines.push({ variantId: id, quantity });
      missingMinor -= quantity * unitMinor;
      if (missingMinor <= 0) break;
    }
    expect(missingMinor).toBeLessThanOrEqual(0);
    const { cartCreate } = await ask<CartCreateData>(
      system().url('router'),
      CART_CREATE,
      { input: { currency: 'EUR', country: 'DE', lines } },
      token,
    );
    return cartCreate.cart.id;
  }
  const buyOnAccount = async (token: string, cartId: string) =>
    (
      await ask<Checkout>(
        system().url('router'),
        CHECKOUT,
        {
          input: {
            cartId,
            shippingAddress: ADDRESS,
            contact: { email: LUKAS },
            tenders: [{ kind: 'TERMS' }],
            idempotencyKey: randomUUID(),
          },
        },
        token,
      )
    ).checkout;

  it('shows members the company, its terms and rules, and each no more than the role lets them see', async () => {
    const [admin, buyer, approver] = [await signIn(RUTH), await signIn(LUKAS), await signIn(HANNA)];
    const dashboard = (token: string) => ask<Dashboard>(b2b(), DASHBOARD, {}, token);
    expect((await dashboard(buyer.token)).dashboard).toMatchObject({
      company: { name: 'Bergblick Hütten & Hotels GmbH' },
      role: 'BUYER',
      location: { name: 'Hotel Bergblick', termsDays: 30 },
      approvalRules: [{ code: 'large-orders', isActive: true, totalAtLeast: { minorUnits: 200_000 } }],
      credit: { limit: { minorUnits: 1_000_000 } },
    });
    expect((await dashboard(approver.token)).dashboard).toMatchObject({ role: 'APPROVER', credit: null });

    const team = async (token: string) =>
      (
        await ask<{ team: { members: { edges: { node: { email: string | null } }[] }; invitations: unknown } }>(
          b2b(),
          TEAM,
          {},
          token,
        )
      ).team;
    const emails = ({ members }: Awaited<ReturnType<typeof team>>) =>
      members.edges.map(({ node }) => node.email).sort();
    expect(emails(await team(admin.token))).toEqual([HANNA, LUKAS, RUTH]);
    expect(emails(await team(buyer.token))).toEqual([null, null, null]);
    expect((await team(buyer.token)).invitations).toBeNull();
    // What a buyer may not do changes nothing.
    expect(
      await ask(
        b2b(),
        'mutation { companyMemberInvite(input: { email: "friend@example.com", role: ADMIN }) { __typename } }',
        {},
        buyer.token,
      ),
    ).toEqual({ companyMemberInvite: { __typename: 'NotFound' } });
    expect((await team(admin.token)).invitations).toEqual([]);
  });

  it('keeps guests and people without a company out, but for signing in', async () => {
    for (const [key, code] of [
      [undefined, 'UNAUTHENTICATED'],
      [await strangerToken(), 'FORBIDDEN'],
    ] as const)
      expect((await post(b2b(), DASHBOARD, {}, key)).body.errors?.[0]?.extensions).toMatchObject({ code });
  });

  it('lets a member buy for another location, which the next token names', async () => {
    const { token, refreshToken } = await signIn(RUTH);
    const { locations } = await ask<{
      locations: { edges: { node: { id: string; taxExemption: { country: string } | null } }[] };
    }>(b2b(), '{ locations { edges { node { id taxExemption { country } } } } }', {}, token);
    const { dashboard } = await ask<Dashboard>(b2b(), DASHBOARD, {}, token);
    const other = locations.edges.find(({ node }) => node.id !== dashboard.location.id)!.node;
    expect(other.taxExemption).toEqual({ country: 'AT' });
    const choose = async (companyLocationId: string, credential: string) =>
      expect(await ask(b2b(), CHOOSE, { input: { companyLocationId } }, credential)).toMatchObject({
        companyLocationChoose: { __typename: 'CompanyLocationChosen', location: { id: companyLocationId } },
      });
    await choose(other.id, token);
    const { sessionRefresh } = await ask<{ sessionRefresh: { token: string } }>(b2b(), REFRESH, {
      input: { refreshToken },
    });
    const after = await ask<Dashboard>(b2b(), DASHBOARD, {}, sessionRefresh.token);
    expect(after.dashboard.location.id).toBe(other.id);
    await choose(dashboard.location.id, sessionRefresh.token);
  });

  /** Jana has a password and no company. */
  async function strangerToken(): Promise<string> {
    return (await signIn('jana.lindqvist@example.com')).token;
  }

  it('lets a member buy on account, which is owed then and stands in the statement, and asks for approval above the limit', async () => {
    const { token } = await signIn(LUKAS);
    const before = await creditOf(token);
    const from = new Date(Date.now() - 3_600_000).toISOString();

    const placed = await buyOnAccount(token, await cartFor(token, 10_000));
    expect(placed).toMatchObject({ __typename: 'OrderPlaced', order: { payments: [{ kind: 'TERMS' }] } });
    const total = placed.order!.total.gross.minorUnits;
    expect((await creditOf(token)).available.minorUnits).toBe(before.available.minorUnits - total);
    // The hold becomes a debt when customers has heard of the order.
    await eventually(async () => {
      expect(await creditOf(token)).toMatchObject({
        owed: { minorUnits: before.owed.minorUnits + total },
        held: { minorUnits: before.held.minorUnits },
        aging: { current: { minorUnits: before.owed.minorUnits + total } },
      });
    });
    const { statement } = await ask<{
      statement: {
        closingBalance: object;
        entries: { edges: { node: { kind: string; amount: { minorUnits: number } } }[] };
      };
    }>(b2b(), STATEMENT, { from, to: new Date(Date.now() + 3_600_000).toISOString() }, token);
    expect(statement.closingBalance).toEqual({ minorUnits: before.owed.minorUnits + total });
    expect(statement.entries.edges.at(-1)!.node).toMatchObject({ kind: 'ORDER', amount: { minorUnits: total } });

    const known = await creditOf(token);
    expect(await buyOnAccount(token, await cartFor(token, 260_000))).toMatchObject({ __typename: 'ApprovalRequired' });
    expect(await creditOf(token)).toEqual(known);
  });
}
