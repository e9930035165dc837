export const IDENTITY_KINDS = ['EMAIL', 'PHONE', 'LOYALTY_CARD', 'EXTERNAL'] as const;
export type IdentityKind = (typeof IDENTITY_KINDS)[number];

export const COMPANY_ROLES = ['BUYER', 'APPROVER', 'ADMIN'] as const;
export type CompanyRole = (typeof COMPANY_ROLES)[number];

/** A person who buys, as one statement reads it: the profile with its primary identities and the company it buys for. */
export interface Customer {
  readonly id: string;
  /** The primary address, in lower case; null for people who are known by something else, and for those who were erased. */
  readonly email: string | null;
  /** Whether the person has shown that the address is theirs. */
  readonly emailVerified: boolean;
  /** The primary telephone number in E.164. */
  readonly phone: string | null;
  readonly phoneVerified: boolean;
  readonly givenName: string | null;
  readonly familyName: string | null;
  /** The language of messages; null for the channel's own. */
  readonly locale: string | null;
  readonly companyId: string | null;
  readonly companyRole: CompanyRole | null;
  /** Grows with every change. */
  readonly revision: number;
  /** As PostgreSQL writes an instant. */
  readonly createdAt: string;
  /** When the person was forgotten; nothing personal is left then. */
  readonly erasedAt: string | null;
}

/** What somebody says of a person, beyond what identifies them. */
export interface PersonDetails {
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly phone: string | null;
  readonly companyId: string | null;
}

/** What somebody says of a person with an address. */
export interface Person extends PersonDetails {
  readonly email: string;
}

const FILLED = ['givenName', 'familyName', 'phone', 'companyId'] as const;

/** Whether a profile lacks something that is now known. What it has is never overwritten from outside. */
export const learnsFrom = (customer: Customer, person: PersonDetails): boolean =>
  FILLED.some((field) => customer[field] === null && person[field] !== null);

/** A change of a profile: absent fields stay, null clears. */
export interface ProfileChange {
  readonly givenName?: string | null;
  readonly familyName?: string | null;
  readonly phone?: string | null;
  readonly locale?: string | null;
}

/** A person entered a segment, or left one. */
export const segmentChanged = (what: 'entered' | 'left', customerId: string, segment: string) => ({
  topic: `customers.segment.${what}`,
  key: customerId,
  payload: { customerId, segment },
});

/** The payload of `customers.customer.changed`. No event holds anything personal: a bus cannot forget. */
export const customerChanged = ({ id, revision }: Pick<Customer, 'id' | 'revision'>) => ({
  topic: 'customers.customer.changed',
  key: id,
  payload: { customerId: id, revision },
});
