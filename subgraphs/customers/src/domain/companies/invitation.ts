import type { CompanyRole } from '../profile/customer.ts';

/** How long an invitation can be accepted: 14 days, in seconds. */
export const INVITATION_LIFETIME_S = 14 * 86_400;

/** A person who was asked to buy for a company and has not answered yet. */
export interface Invitation {
  readonly id: string;
  readonly companyId: string;
  /** The address that it was sent to. */
  readonly email: string;
  readonly role: CompanyRole;
  readonly companyLocationId: string | null;
  /** As PostgreSQL writes an instant. */
  readonly createdAt: string;
  readonly expiresAt: string;
}
