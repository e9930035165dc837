/** A person who buys. */
export interface Customer {
  readonly id: string;
  /** In lower case. */
  readonly email: string;
  readonly givenName: string | null;
  readonly familyName: string | null;
  /** E.164. */
  readonly phone: string | null;
  readonly companyId: string | null;
  /** Grows with every change. */
  readonly revision: number;
  /** As PostgreSQL writes an instant. */
  readonly createdAt: string;
}

/** What somebody says of a person. */
export interface Person {
  readonly email: string;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly phone: string | null;
  readonly companyId: string | null;
}

const FILLED = ['givenName', 'familyName', 'phone', 'companyId'] as const;

/** Whether a profile lacks something that is now known. What it has is never overwritten from outside. */
export const learnsFrom = (customer: Customer, person: Person): boolean =>
  FILLED.some((field) => customer[field] === null && person[field] !== null);

/** A change of a profile: absent fields stay, null clears. */
export interface ProfileChange {
  readonly givenName?: string | null;
  readonly familyName?: string | null;
  readonly phone?: string | null;
}

/** The payload of `customers.customer.changed`. */
export const customerChanged = ({ id, revision, email }: Customer) => ({
  topic: 'customers.customer.changed',
  key: id,
  payload: { customerId: id, revision, email },
});
