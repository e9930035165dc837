/** Commands that name two things, of which the caller has one. */
import type { CallerName } from './idor-callers.ts';
import type { Ids } from './idor-world.ts';

export interface Pair {
  readonly name: string;
  readonly coordinate: string;
  readonly by: CallerName;
  /** @param theirs of the world, or ids that nothing has. */
  readonly input: (own: Ids, theirs: Ids) => object;
}

const EUR = (minorUnits: number) => ({ minorUnits, currency: 'EUR' });
const TIERS = { totalAtLeast: EUR(1_00), tiers: [{ level: 1, role: 'ADMIN' }] };

export const PAIRS: readonly Pair[] = [
  {
    name: 'an invitation to another company’s location',
    coordinate: 'Mutation.companyMemberInvite',
    by: 'elsewhereAdmin',
    input: (own, theirs) => ({
      ...{ companyId: own['otherCompany'], locationId: theirs['companyLocation'] },
      ...{ email: 'new@example.com', role: 'BUYER' },
    }),
  },
  {
    name: 'an approval rule of another company',
    coordinate: 'Mutation.approvalRuleSet',
    by: 'elsewhereAdmin',
    input: (own, theirs) => ({ companyId: own['otherCompany'], ruleId: theirs['rule'], code: 'markrule', ...TIERS }),
  },
  {
    name: 'an approval rule for another company’s location',
    coordinate: 'Mutation.approvalRuleSet',
    by: 'elsewhereAdmin',
    input: (own, theirs) => ({
      ...{ companyId: own['otherCompany'], companyLocationId: theirs['companyLocation'], code: 'new' },
      ...TIERS,
    }),
  },
  {
    name: 'an approval rule with another company’s member as approver',
    coordinate: 'Mutation.approvalRuleSet',
    by: 'elsewhereAdmin',
    input: (own, theirs) => ({
      ...{ companyId: own['otherCompany'], code: 'new', totalAtLeast: EUR(1_00) },
      tiers: [{ level: 1, customerIds: [theirs['victim']] }],
    }),
  },
  {
    name: 'a location of another company to buy for',
    coordinate: 'Mutation.companyLocationChoose',
    by: 'elsewhere',
    input: (_own, theirs) => ({ companyLocationId: theirs['companyLocation'] }),
  },
  {
    name: 'somebody’s identity under somebody else’s name',
    coordinate: 'Mutation.customerIdentityRemove',
    by: 'staff',
    input: (own, theirs) => ({ customerId: own['other'], identityId: theirs['spareIdentity'] }),
  },
  {
    name: 'a cart of somebody else’s with the token of one’s own',
    coordinate: 'Mutation.cartLinesSet',
    by: 'guest',
    input: (own, theirs) => ({
      ...{ cartId: theirs['cart'], token: own['guestToken'] },
      lines: [{ variantId: own['variant'], quantity: 1 }],
    }),
  },
];
