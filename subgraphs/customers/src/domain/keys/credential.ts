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

/** A customer's session, without its token: a credential that ends by itself. */
export interface Session {
  readonly credentialId: string;
  readonly customerId: string;
  readonly secretHash: string;
  /** The channel that it was made in and works in. */
  readonly channel: string;
}

/** Who holds a credential. */
export interface Holder {
  readonly role: CredentialRole;
  readonly subject: string;
  readonly channel: string | null;
  readonly scopes: string[];
  readonly customerId: string | null;
  readonly companyId: string | null;
  readonly locationId: string | null;
  readonly credentialId: string;
  /** As PostgreSQL writes an instant; null for keys. */
  readonly expiresAt: string | null;
}
