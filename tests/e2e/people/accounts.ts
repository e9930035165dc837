import { run } from '@kontor/stack/src/operator.ts';
import { expect } from 'vitest';
import type { System } from '../system.ts';
import type { Staff } from './staff.ts';

const VERIFY = `query ($after: Cursor) { verifyAccounts(after: $after) { accountCount cursor differences { accountId what expected actual } } }`;
const RULES = '{ loyaltyRules { version } }';

interface Page {
  readonly verifyAccounts: {
    readonly accountCount: number;
    readonly cursor: string | null;
    readonly differences: readonly unknown[];
  };
}

/** Rebuilds every account from the ledger, the holds and the lots; there must be some, and none may differ. */
export async function expectAccountsVerified({ operator }: System): Promise<void> {
  const differences: unknown[] = [];
  let count = 0;
  for (let after: string | null = null, isLast = false; !isLast;) {
    const { verifyAccounts: page }: Page = await run<Page>(operator, 'customers', VERIFY, { after });
    differences.push(...page.differences);
    count += page.accountCount;
    after = page.cursor;
    isLast = after === null;
  }
  expect(differences).toEqual([]);
  expect(count).toBeGreaterThan(0);
}

/**
 * Makes the loyalty programme anew: in the web shop a point pays a minor unit of EUR.
 * @param earnPointsPer100 points for each 100 minor units of an order, at once; none when absent.
 */
export async function setProgramme(staff: Staff, earnPointsPer100?: number): Promise<void> {
  const { loyaltyRules } = await staff.ask<{ loyaltyRules: { version: number } | null }>(RULES);
  const rate = { currency: 'EUR', redeemMinorUnitsPer100: 100, ...(earnPointsPer100 && { earnPointsPer100 }) };
  const input = {
    tiers: [],
    channels: [{ channel: 'web', rates: [rate] }],
    ...(loyaltyRules && { expectedVersion: loyaltyRules.version }),
  };
  await staff.change('loyaltyRulesSet', input);
}
