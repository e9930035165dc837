import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import type { Shop } from './shop.ts';

const REFUSAL = '... on UserError { code message }';
const SIGN_UP = `mutation ($input: SignUpInput!) { signUp(input: $input) { __typename ${REFUSAL} ... on SignedIn { refreshToken customer { id } } } }`;
const RULES = '{ loyaltyRules { version } }';
const RULES_SET = `mutation ($input: LoyaltyRulesSetInput!) { loyaltyRulesSet(input: $input) { __typename ${REFUSAL} } }`;
const ADJUST = `mutation ($input: LoyaltyAdjustInput!) { loyaltyAdjust(input: $input) { __typename ${REFUSAL} } }`;
const COMPANY = 'mutation ($input: CompanyUpsertInput!) { companyUpsert(input: $input) { companyId } }';
const LOCATION = `mutation ($input: CompanyLocationSetInput!) { companyLocationSet(input: $input) { __typename ${REFUSAL} ... on CompanyLocationSet { location { id } } } }`;
const CHOOSE = `mutation ($input: CompanyLocationChooseInput!) { companyLocationChoose(input: $input) { __typename ${REFUSAL} } }`;
const ENSURE = 'mutation ($input: CustomerEnsureInput!) { customerEnsure(input: $input) { customerId } }';

/** Somebody who buys, and how. */
export interface ShopPerson {
  readonly customerId: string;
  readonly caller: Caller;
  readonly tender: 'POINTS' | 'TERMS';
  /** Of a session; null for who has none. */
  readonly refreshToken: string | null;
}

/** Who buys in one run, and what they have to spend. */
export interface Crowd {
  readonly collectors: readonly ShopPerson[];
  readonly members: readonly ShopPerson[];
  readonly companyLocationId: string;
  readonly grantedPoints: number;
  readonly creditMinor: number;
}

/** Staff who may do all that a run needs. */
export const staffOf = ({ channel }: Pick<Shop, 'channel'>): Caller => ({
  ...{ role: 'staff', subject: 'chaos', channel },
  scopes: ['companies:write', 'credit:write', 'loyalty:write', 'customers:read', 'customers:merge', 'audit:read'],
});

type Outcome = { readonly __typename: string; readonly code?: string };

/** Makes people with sessions and points, and a company whose members buy on account. @param orders that each collector has points for. */
export async function gatherCrowd(
  shop: Shop,
  size: { readonly collectors: number; readonly members: number; readonly orders: number; readonly credit: number },
): Promise<Crowd> {
  const { client, channel, priceMinor } = shop;
  const staff = staffOf(shop);
  const must = async <Data extends Record<string, Outcome>>(caller: Caller, query: string, input: object) => {
    const data = await client.tell<Data>(caller, 'customers', query, input);
    const [outcome] = Object.values(data);
    if (outcome?.code !== undefined) throw new Error(JSON.stringify(outcome));
    return data;
  };
  const callerOf = (customerId: string, companyId?: string): Caller => ({
    ...{ role: 'customer', subject: customerId, customerId, channel, scopes: [] },
    ...(companyId === undefined ? {} : { companyId, companyRole: 'BUYER' }),
  });

  const { loyaltyRules } = await client.ask<{ loyaltyRules: { version: number } | null }>(staff, 'customers', RULES);
  await must(staff, RULES_SET, {
    tiers: [],
    channels: [{ channel, rates: [{ currency: 'EUR', redeemMinorUnitsPer100: 100 }] }],
    ...(loyaltyRules && { expectedVersion: loyaltyRules.version }),
  });
  const points = size.orders * priceMinor;
  const guest: Caller = { role: 'guest', subject: 'guest', channel, scopes: [] };
  const collectors: ShopPerson[] = [];
  for (let index = 0; index < size.collectors; index += 1) {
    const input = { email: `${newId()}@example.com`, password: 'correct horse battery' };
    const { signUp } = await must<{ signUp: Outcome & { refreshToken: string; customer: { id: string } } }>(
      guest,
      SIGN_UP,
      input,
    );
    const customerId = signUp.customer.id;
    await must(staff, ADJUST, { customerId, points, reason: 'A gift', idempotencyKey: newId() });
    collectors.push({
      ...{ customerId, caller: callerOf(customerId), tender: 'POINTS' },
      refreshToken: signUp.refreshToken,
    });
  }

  const { companyUpsert } = await client.order<{ companyUpsert: { companyId: string } }>('customers', COMPANY, {
    name: `Company ${newId()}`,
  });
  const { companyId } = companyUpsert;
  const creditMinor = size.credit * priceMinor;
  const { companyLocationSet } = await must<{ companyLocationSet: Outcome & { location: { id: string } } }>(
    staff,
    LOCATION,
    {
      ...{ companyId, name: 'Head office', currency: 'EUR', termsDays: 30 },
      address: { street: 'Hauptstraße 1', city: 'Berlin', country: 'DE' },
      creditLimit: { minorUnits: creditMinor, currency: 'EUR' },
    },
  );
  const companyLocationId = companyLocationSet.location.id;
  const members: ShopPerson[] = [];
  for (let index = 0; index < size.members; index += 1) {
    const { customerEnsure } = await client.order<{ customerEnsure: { customerId: string } }>('customers', ENSURE, {
      ...{ email: `${newId()}@example.com`, companyId },
    });
    const { customerId } = customerEnsure;
    const caller = callerOf(customerId, companyId);
    await must(caller, CHOOSE, { companyLocationId });
    members.push({ customerId, caller, tender: 'TERMS', refreshToken: null });
  }
  return { collectors, members, companyLocationId, creditMinor, grantedPoints: points * size.collectors };
}
