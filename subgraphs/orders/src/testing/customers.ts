import { newId } from '@kontor/kit/src/ids.ts';
import type { Money } from '@kontor/kit/src/money.ts';

interface HoldInput {
  readonly key: string;
  readonly amount: Money;
}

interface Hold {
  readonly pot: 'points' | 'credit' | 'budget';
  readonly minor: number;
}

/** Customers, as far as orders can tell it from the real one: who has which address, and what is held under which key. */
export function createSimulatedCustomers() {
  const ids = new Map<string, string>();
  const verified = new Map<string, string[]>();
  const holds = new Map<string, Hold>();
  /** Minor units that each pot has. */
  const pots = { points: 0, credit: 0, budget: Infinity };
  const hold = (pot: Hold['pot'], { key, amount }: HoldInput): boolean => {
    const name = `${pot} ${key}`;
    if (holds.has(name)) return true;
    if (pots[pot] < amount.minorUnits) return false;
    pots[pot] -= amount.minorUnits;
    holds.set(name, { pot, minor: amount.minorUnits });
    return true;
  };
  const answers = {
    customerEnsure: ({ input }: { input: { email: string } }) => {
      const customerId = ids.get(input.email) ?? newId();
      ids.set(input.email, customerId);
      return { customerId };
    },
    verifiedEmails: ({ customerId }: { customerId: string }) => verified.get(customerId) ?? [],
    loyaltyHold: ({ input }: { input: HoldInput }) =>
      hold('points', input)
        ? { __typename: 'LoyaltyHeld', points: input.amount.minorUnits }
        : { __typename: 'InsufficientPoints', availablePoints: pots.points },
    creditHold: ({ input }: { input: HoldInput }) =>
      hold('credit', input)
        ? { __typename: 'CreditHeld', termsDays: 30 }
        : {
            __typename: 'CreditExceeded',
            availableAmount: { minorUnits: pots.credit, currency: input.amount.currency },
          },
    orderApproval: ({ input }: { input: { key: string; total: Money } }) =>
      hold('budget', { key: input.key, amount: input.total })
        ? { required: false, tiers: [] }
        : { required: true, tiers: [{ level: 1, ruleCodes: ['budget'] }] },
    holdsRelease: ({ input }: { input: { key: string } }) => {
      for (const [name, { pot, minor }] of holds) {
        if (!name.endsWith(` ${input.key}`)) continue;
        pots[pot] += minor;
        holds.delete(name);
      }
      return { done: true, status: 'RELEASED' };
    },
  };
  return { ids, verified, holds, pots, answers };
}

export type SimulatedCustomers = ReturnType<typeof createSimulatedCustomers>;
