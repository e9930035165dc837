/** Who buys, as far as prices depend on it. All empty for a guest. */
export interface Buyer {
  readonly customerId: string | null;
  /** The company that the customer buys for, and its location. */
  readonly companyId: string | null;
  readonly companyLocationId: string | null;
  /** Codes of the customer's groups and segments. */
  readonly groups: readonly string[];
}
