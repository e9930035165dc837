import type { CompanyRole } from '../profile/customer.ts';

/** Who a session is begun for, and where it works. */
export interface SessionHolder {
  readonly role: 'customer' | 'staff';
  /** The person who buys; with the role customer, and only then. */
  readonly customerId?: string;
  /** The person of the staff; with the role staff, and only then. */
  readonly staffId?: string;
  /** The registered device that the staff signed in on. */
  readonly deviceId?: string;
  /** The location of a register. */
  readonly locationId?: string;
  /** The code of the only channel that it works in. */
  readonly channel: string;
  /** What it may do beyond its role. */
  readonly scopes: readonly string[];
  /** What the holder sees of it, such as the program that it was made with. */
  readonly label?: string;
  /** How long it lasts however much it is used, in seconds; without it, as sessions of customers do. */
  readonly lifetimeS?: number;
}

/** The tokens of a session, told once. */
export interface SessionTokens {
  readonly sessionId: string;
  /** The access token, a JWT. */
  readonly token: string;
  /** When the access token ends, ISO 8601. */
  readonly expiresAt: string;
  /** Exchanged for the next tokens, once. */
  readonly refreshToken: string;
  /** When the session ends unless it is used, ISO 8601. */
  readonly refreshExpiresAt: string;
}

/** A session as its holder sees it. */
export interface Session {
  readonly id: string;
  readonly customerId: string;
  readonly channel: string;
  readonly label: string | null;
  /** As PostgreSQL writes an instant. */
  readonly createdAt: string;
  readonly lastUsedAt: string;
}

/** What an access token says of a customer, read anew for each. */
export interface PersonClaims {
  readonly customerId: string;
  readonly companyId: string | null;
  readonly companyRole: CompanyRole | null;
  readonly companyLocationId: string | null;
  /** Codes of groups and segments, in order; at most 50. */
  readonly groups: readonly string[];
}

/** Sessions that a customer has at most; a new one ends the oldest. */
export const MOST_SESSIONS = 20;
/** A session that is not used for so long ends. */
export const IDLE_S = 30 * 86_400;
/** A session of a customer ends after so long however much it is used. */
export const ABSOLUTE_S = 90 * 86_400;
export const ACCESS_TOKEN_S = 300;
/** So long may the last token be repeated by a client that lost the answer. */
export const REPEAT_S = 60;
