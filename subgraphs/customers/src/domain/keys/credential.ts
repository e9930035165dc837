import type { CompanyRole } from '../profile/customer.ts';

export const CREDENTIAL_ROLES = ['customer', 'staff', 'integration'] as const;
export type CredentialRole = (typeof CREDENTIAL_ROLES)[number];

/** A credential without its secret. */
export interface Credential {
  readonly secretHash: string;
  readonly label: string;
  readonly role: CredentialRole;
  readonly channel: string | null;
  readonly scopes: readonly string[];
  readonly customerId: string | null;
  readonly locationId: string | null;
}

/** Who holds a credential. */
export interface Holder {
  readonly role: CredentialRole | 'device';
  readonly subject: string;
  readonly channel: string | null;
  readonly scopes: string[];
  readonly customerId: string | null;
  readonly companyId: string | null;
  readonly companyRole: CompanyRole | null;
  readonly companyLocationId: string | null;
  /** Codes of the customer's groups and segments, in order. */
  readonly groups: string[];
  readonly staffId: string | null;
  readonly deviceId: string | null;
  readonly locationId: string | null;
  readonly credentialId: string;
  /** As PostgreSQL writes an instant; null for keys that end by being revoked. */
  readonly expiresAt: string | null;
}

/** A holder, and whether the last use that is written down is older than a minute. */
export type FoundHolder = Holder & { readonly isUseDue: boolean };
