export type AccountKind = 'POINTS' | 'CREDIT' | 'BUDGET';

/** Names an account: its kind, whose it is and in what it counts (a currency, or `POINTS`). */
export interface AccountName {
  readonly kind: AccountKind;
  readonly ownerId: string;
  readonly unit: string;
}

/** What an account stands at. Amounts are whole numbers of its unit, minor units for money. */
export interface Account extends AccountName {
  readonly accountId: string;
  readonly limit: number;
  /** The sum of the account's ledger entries; of credit it is what is owed, negated. */
  readonly balance: number;
  /** The sum of its open holds. */
  readonly held: number;
  /** limit + balance − held; negative when a limit was lowered below what is used. */
  readonly available: number;
}
