import { encodeCursor } from '@kontor/kit/src/connection.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { asService } from '@kontor/testkit/src/callers.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCompanyHarness, type CompanyHarness } from './testing/company-harness.ts';

let harness: CompanyHarness;
beforeAll(async () => (harness = await createCompanyHarness()));
afterAll(() => harness.stop());

interface Page {
  readonly locations: readonly { readonly companyLocationId: string }[];
  readonly endCursor: string | null;
}

const PAGE =
  '{ endCursor locations { companyLocationId companyId revision priceListCode taxExemption { country validUntil } } }';
const all = async (variables: Record<string, unknown> = {}): Promise<Page> =>
  (
    await harness.internal(
      `query ($after: Cursor, $first: Int) { companyLocationStates(after: $after, first: $first) ${PAGE} }`,
      variables,
    )
  ).companyLocationStates;
const ofCompany = async (companyId: string, more: Record<string, unknown> = {}): Promise<Page> =>
  (
    await harness.internal(
      `query ($companyId: ID!, $after: Cursor, $first: Int) { companyLocationStatesOf(companyId: $companyId, after: $after, first: $first) ${PAGE} }`,
      { companyId, ...more },
    )
  ).companyLocationStatesOf;

describe('companyLocationStates', () => {
  it('has what prices depend on, and a higher revision after every change', async () => {
    const companyId = await harness.company();
    const plain = await harness.location(companyId);
    const exempt = await harness.location(companyId, {
      priceListCode: 'wholesale',
      taxExemption: { country: 'AT', number: 'U1', validUntil: '2031-01-01T00:00:00Z' },
    });
    const known = { companyId, revision: 1 };
    const first = { ...known, companyLocationId: plain, priceListCode: null, taxExemption: null };
    const second = { ...known, companyLocationId: exempt, priceListCode: 'wholesale' };
    expect(await ofCompany(companyId)).toEqual({
      locations: [first, { ...second, taxExemption: { country: 'AT', validUntil: '2031-01-01T00:00:00.000Z' } }],
      endCursor: null,
    });

    await harness.setLocation({ companyLocationId: exempt, taxExemption: { country: 'DE', number: 'U2' } });
    await harness.setLocation({ companyLocationId: plain, priceListCode: 'retail' });
    expect((await ofCompany(companyId.toUpperCase())).locations).toEqual([
      { ...first, revision: 2, priceListCode: 'retail' },
      { ...second, revision: 2, taxExemption: { country: 'DE', validUntil: null } },
    ]);
  });

  it('gives every location of every company once, page by page', async () => {
    const made: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      const companyId = await harness.company();
      made.push(await harness.location(companyId), await harness.location(companyId));
    }
    const whole = await all();
    expect(whole.endCursor).toBeNull();
    const ids = whole.locations.map(({ companyLocationId }) => companyLocationId);
    expect(ids).toEqual(expect.arrayContaining(made));

    const paged: string[] = [];
    let after: string | null = null;
    do {
      const page: Page = await all({ after, first: 2 });
      paged.push(...page.locations.map(({ companyLocationId }) => companyLocationId));
      after = page.endCursor;
    } while (after !== null);
    expect(paged).toEqual(ids);
  });

  it('pages through the locations of one company and shows those of no other', async () => {
    const companyId = await harness.company();
    const made = [await harness.location(companyId), await harness.location(companyId)];
    await harness.location(await harness.company());
    const first = await ofCompany(companyId, { first: 1 });
    const second = await ofCompany(companyId, { first: 1, after: first.endCursor });
    expect([first, second].map(({ locations }) => locations.map((each) => each.companyLocationId))).toEqual(
      made.map((id) => [id]),
    );
    expect(second.endCursor).toBeNull();
  });

  it('is empty for a company that there is not', async () => {
    const empty = { locations: [], endCursor: null };
    expect(await ofCompany(newId())).toEqual(empty);
    expect(await ofCompany("x' or true")).toEqual(empty);
  });

  it.each([
    ['a page of nothing', { first: 0 }],
    ['a page that is too large', { first: 1_001 }],
    ['a cursor that is none', { after: 'x' }],
    ['a cursor of something else', { after: encodeCursor(['x']) }],
  ])('refuses %s', async (_, variables) => {
    for (const field of ['companyLocationStates', 'companyLocationStatesOf']) {
      const { errors } = await harness.service.graph('/internal/graphql').execute(
        {
          query: `query ($after: Cursor, $first: Int) { ${field}(${field.endsWith('Of') ? `companyId: "${newId()}", ` : ''}after: $after, first: $first) ${PAGE} }`,
          variables,
        },
        asService(),
      );
      expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['BAD_USER_INPUT']);
    }
  });
});
