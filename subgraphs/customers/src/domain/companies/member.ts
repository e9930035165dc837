import type { CompanyRole } from '../profile/customer.ts';

/** Who buys for which company now, in which role and for which of its locations. */
export interface Membership {
  readonly memberId: string;
  readonly customerId: string;
  readonly companyId: string;
  readonly companyRole: CompanyRole;
  /** Null until the member has chosen one. */
  readonly companyLocationId: string | null;
}

/** A member as people of the company see them. */
export interface Member {
  readonly id: string;
  readonly customerId: string;
  readonly companyId: string;
  readonly role: CompanyRole;
  readonly companyLocationId: string | null;
  readonly givenName: string | null;
  readonly familyName: string | null;
  /** The primary address; for administrators alone. */
  readonly email: string | null;
  /** As PostgreSQL writes an instant. */
  readonly joinedAt: string;
}

/** Who may approve what members of `role` may: administrators may do everything that approvers may. */
export const approvesAs = (role: CompanyRole): boolean => role !== 'BUYER';
