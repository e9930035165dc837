import { APPROVAL_RULE, COMPANY, COMPANY_LOCATIONS, COMPANY_MEMBERS } from './company.ts';
import { CUSTOMERS, DEMO_PASSWORD } from './customers.ts';
import * as documents from './documents.ts';
import { CONSENTS, GROUPS, SEGMENT } from './groups.ts';
import { LOYALTY_RULES, POINTS } from './loyalty.ts';
import { expectOutcome, known, type Ids, type Outcome, type Send } from './send.ts';

const CARDS = CUSTOMERS.flatMap(({ email, loyaltyCard }) => (loyaltyCard ? [{ email, loyaltyCard }] : []));
const PASSWORDS = CUSTOMERS.filter(({ hasPassword }) => hasPassword);

/** How many commands `seedCustomers` sends: the company is made and read, its rule set and switched on, programme and segment set. */
export const CUSTOMER_COMMANDS =
  6 +
  COMPANY_LOCATIONS.length +
  COMPANY_MEMBERS.length +
  CUSTOMERS.length +
  CARDS.length +
  POINTS.length +
  2 * GROUPS.length +
  CONSENTS.length;

/** How many commands `seedPasswords` sends. */
export const PASSWORD_COMMANDS = PASSWORDS.length;

/** People with what belongs to them, their company with its rules, the loyalty programme. @returns ids by address. */
export async function seedCustomers(send: Send): Promise<Ids> {
  const customerIds = await seedPeople(send);
  await seedCompany(send, customerIds);
  await seedLoyalty(send, customerIds);
  await seedGroups(send, customerIds);
  return customerIds;
}

/** Lets people of the demo sign in. Hashing takes its time, in turn: they are sent at once. */
export async function seedPasswords(send: Send, customerIds: Ids): Promise<void> {
  await Promise.all(
    PASSWORDS.map(({ email }) =>
      send('passwords', documents.PASSWORD_ENSURE, {
        input: { customerId: known(customerIds, email), password: DEMO_PASSWORD },
      }),
    ),
  );
}

async function seedPeople(send: Send): Promise<Ids> {
  const ids = new Map<string, string>();
  for (const { email, givenName, familyName, phone } of CUSTOMERS) {
    const { customerEnsure } = await send<{ customerEnsure: { customerId: string } }>(
      'customers',
      documents.CUSTOMER_ENSURE,
      { input: { email, givenName, familyName, phone } },
    );
    ids.set(email, customerEnsure.customerId);
  }
  for (const { email, loyaltyCard } of CARDS) {
    const input = { customerId: known(ids, email), kind: 'LOYALTY_CARD', value: loyaltyCard };
    const { customerIdentitySet } = await send<{ customerIdentitySet: Outcome }>(
      'loyalty cards',
      documents.CUSTOMER_IDENTITY_SET,
      { input },
    );
    expectOutcome(customerIdentitySet, 'IdentityChanged');
  }
  return ids;
}

interface CompanyAsItIs {
  readonly company: {
    readonly locations: { readonly edges: readonly { readonly node: { id: string; name: string } }[] };
    readonly approvalRules: { readonly edges: readonly { readonly node: { id: string; code: string } }[] };
  };
}

async function seedCompany(send: Send, customerIds: Ids): Promise<void> {
  const { companyUpsert } = await send<{ companyUpsert: { companyId: string } }>('company', documents.COMPANY_UPSERT, {
    input: COMPANY,
  });
  const { companyId } = companyUpsert;
  // Names are unique in the company: what an earlier call has made is changed, not made again.
  const { company } = await send<CompanyAsItIs>('company', documents.COMPANY, { companyId });
  const locationIds = await seedCompanyLocations(send, companyId, company);
  for (const { email, role, location } of COMPANY_MEMBERS)
    await send('company members', documents.COMPANY_MEMBER_UPSERT, {
      input: {
        companyId,
        customerId: known(customerIds, email),
        role,
        companyLocationId: known(locationIds, location),
      },
    });
  const rule = company.approvalRules.edges.find(({ node }) => node.code === APPROVAL_RULE.code)?.node;
  const { approvalRuleSet } = await send<{ approvalRuleSet: Outcome & { rule: { id: string } } }>(
    'approval rules',
    documents.APPROVAL_RULE_SET,
    { input: { ...APPROVAL_RULE, companyId, ruleId: rule?.id ?? null } },
  );
  const { rule: written } = expectOutcome(approvalRuleSet, 'ApprovalRuleSet');
  const { approvalRuleActivate } = await send<{ approvalRuleActivate: Outcome }>(
    'approval rules',
    documents.APPROVAL_RULE_ACTIVATE,
    { input: { ruleId: written.id } },
  );
  expectOutcome(approvalRuleActivate, 'ApprovalRuleSet');
}

async function seedCompanyLocations(
  send: Send,
  companyId: string,
  { locations }: CompanyAsItIs['company'],
): Promise<Ids> {
  const ids = new Map(locations.edges.map(({ node }) => [node.name, node.id]));
  for (const location of COMPANY_LOCATIONS) {
    const companyLocationId = ids.get(location.name);
    const key = companyLocationId === undefined ? { companyId } : { companyLocationId };
    const { companyLocationSet } = await send<{ companyLocationSet: Outcome & { location: { id: string } } }>(
      'company locations',
      documents.COMPANY_LOCATION_SET,
      { input: { ...location, ...key } },
    );
    ids.set(location.name, expectOutcome(companyLocationSet, 'CompanyLocationSet').location.id);
  }
  return ids;
}

async function seedLoyalty(send: Send, customerIds: Ids): Promise<void> {
  const { loyaltyRulesSet } = await send<{ loyaltyRulesSet: Outcome }>('loyalty rules', documents.LOYALTY_RULES_SET, {
    input: LOYALTY_RULES,
  });
  expectOutcome(loyaltyRulesSet, 'LoyaltyRulesUpdated', 'VersionConflict');
  for (const { email, ...points } of POINTS) {
    const input = { ...points, customerId: known(customerIds, email) };
    const { loyaltyAdjust } = await send<{ loyaltyAdjust: Outcome }>('points', documents.LOYALTY_ADJUST, { input });
    expectOutcome(loyaltyAdjust, 'LoyaltyAdjusted');
  }
}

async function seedGroups(send: Send, customerIds: Ids): Promise<void> {
  for (const { code, name, emails } of GROUPS) {
    const { customerGroupSet } = await send<{ customerGroupSet: Outcome }>('groups', documents.CUSTOMER_GROUP_SET, {
      input: { code, name },
    });
    expectOutcome(customerGroupSet, 'CustomerGroupSaved', 'VersionConflict');
    const input = { group: code, add: emails.map((email) => known(customerIds, email)) };
    const { customerGroupMembersSet } = await send<{ customerGroupMembersSet: Outcome }>(
      'groups',
      documents.CUSTOMER_GROUP_MEMBERS_SET,
      { input },
    );
    expectOutcome(customerGroupMembersSet, 'CustomerGroupMembersChanged');
  }
  for (const { email, ...consent } of CONSENTS) {
    const input = { ...consent, customerId: known(customerIds, email) };
    const { customerConsentSet } = await send<{ customerConsentSet: Outcome }>(
      'consents',
      documents.CUSTOMER_CONSENT_SET,
      { input },
    );
    expectOutcome(customerConsentSet, 'ConsentRecorded');
  }
  const { segmentSet } = await send<{ segmentSet: Outcome }>('segments', documents.SEGMENT_SET, { input: SEGMENT });
  expectOutcome(segmentSet, 'SegmentSaved', 'VersionConflict');
}
