import type { Call } from '@kontor/kit/src/graph/graph.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createSigningHarness, type Data, type SigningHarness } from './signing-harness.ts';

const SET = `mutation ($input: CompanySetInput!) { companySet(input: $input) { __typename
  ... on CompanySet { company { id name version status timeZone parent { id } } } ... on UserError { code path }
  ... on VersionConflict { currentVersion } } }`;
const LOCATION_SET = `mutation ($input: CompanyLocationSetInput!) { companyLocationSet(input: $input) { __typename
  ... on CompanyLocationSet { location { id name version currency termsDays priceListCode defaultChannel
    address { street city country } taxExemption { country number validUntil } credit { limit { minorUnits currency } } } }
  ... on UserError { code path } ... on VersionConflict { currentVersion } } }`;
const CHOOSE = `mutation ($input: CompanyLocationChooseInput!) { companyLocationChoose(input: $input) { __typename
  ... on CompanyLocationChosen { location { id } } ... on UserError { code path } } }`;
const INVITE = `mutation ($input: CompanyMemberInviteInput!) { companyMemberInvite(input: $input) { __typename
  ... on CompanyMemberInvited { invitation { id email role } } ... on UserError { code path } } }`;
const ACCEPT = `mutation ($input: CompanyInvitationAcceptInput!) { companyInvitationAccept(input: $input) { __typename
  ... on CompanyJoined { company { id } memberId } ... on UserError { code path } } }`;

export const EUR = (minorUnits: number) => ({ minorUnits, currency: 'EUR' });
const callOf = (caller: Call['caller']): Call => ({ caller, requestId: 'test-request' });
/** Staff who may do everything with companies. */
export const staff = callOf({
  role: 'staff',
  subject: 'staff-1',
  channel: 'b2b',
  scopes: ['companies:read', 'companies:write', 'credit:write'],
});
const LOCATION = {
  address: { street: 'Hauptstraße 1', city: 'Berlin', country: 'DE' },
  currency: 'EUR',
  termsDays: 30,
  creditLimit: EUR(100_000),
};

/** A person of a company in a test. */
export interface Person {
  readonly id: string;
  readonly email: string;
  readonly call: Call;
  /** Null for somebody who is no member. */
  readonly memberId: string | null;
}

/** A running subgraph with what companies are tested by. */
export interface CompanyHarness extends SigningHarness {
  /** Asks as somebody; nothing may have failed. */
  ask(query: string, variables?: Record<string, unknown>, call?: Call): Promise<Data>;
  set(input: Record<string, unknown>, call?: Call): Promise<Data>;
  setLocation(input: Record<string, unknown>, call?: Call): Promise<Data>;
  choose(companyLocationId: string, call: Call): Promise<Data>;
  invite(input: Record<string, unknown>, call: Call): Promise<Data>;
  accept(token: string, call: Call): Promise<Data>;
  /** Makes a company. @returns its id. */
  company(more?: Record<string, unknown>): Promise<string>;
  /** Makes a location with net 30 and a credit of 1,000 EUR. @returns its id. */
  location(companyId: string, more?: Record<string, unknown>): Promise<string>;
  /** Makes a person who is a member of nothing. */
  person(name: string): Promise<Person>;
  /** Makes a member. */
  member(companyId: string, role: string, companyLocationId?: string | null): Promise<Person>;
}

export async function createCompanyHarness(): Promise<CompanyHarness> {
  const signing = await createSigningHarness();
  let count = 0;
  const ask = async (query: string, variables: Record<string, unknown> = {}, call: Call = staff) => {
    const { data, errors } = await signing.publicly(query, variables, call);
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  };
  const harness: CompanyHarness = {
    ...signing,
    ask,
    set: async (input, call = staff) => (await ask(SET, { input }, call)).companySet,
    setLocation: async (input, call = staff) => (await ask(LOCATION_SET, { input }, call)).companyLocationSet,
    choose: async (companyLocationId, call) =>
      (await ask(CHOOSE, { input: { companyLocationId } }, call)).companyLocationChoose,
    invite: async (input, call) => (await ask(INVITE, { input }, call)).companyMemberInvite,
    accept: async (token, call) => (await ask(ACCEPT, { input: { token } }, call)).companyInvitationAccept,
    company: async (more = {}) => {
      const { company } = await harness.set({ name: `Company ${(count += 1)}`, ...more });
      return company.id as string;
    },
    location: async (companyId, more = {}) => {
      const name = `Location ${(count += 1)}`;
      const { location } = await harness.setLocation({ companyId, name, ...LOCATION, ...more });
      return location.id as string;
    },
    person: async (name) => {
      const email = `${name}-${(count += 1)}@example.com`;
      const { customerId } = await signing.ensure(email);
      const id = customerId!;
      const call = callOf({ role: 'customer', subject: id, customerId: id, channel: 'b2b', scopes: [] });
      return { id, email, call, memberId: null };
    },
    member: async (companyId, role, companyLocationId = null) => {
      const person = await harness.person(role.toLowerCase());
      const memberId = newId();
      await signing.db.sql`
        insert into customers.company_members (member_id, company_id, customer_id, role, company_location_id, joined_at)
        values (${memberId}, ${companyId}, ${person.id}, ${role}, ${companyLocationId}, now())`;
      return { ...person, memberId };
    },
  };
  return harness;
}
