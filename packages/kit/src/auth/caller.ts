/** What kind of party calls. `edge` is a service that lets callers of some channels in, acting for itself: see `InternalKeys`. */
export type Role = 'guest' | 'customer' | 'device' | 'staff' | 'integration' | 'edge' | 'service';

/** A verified caller. Made by an edge from a credential, passed on in a signed token; never built from what a client says of itself. */
export interface Caller {
  readonly role: Role;
  /** Customer id, credential id, service name, or `guest`. */
  readonly subject: string;
  /** The code of the channel that is acted in; null for services only. */
  readonly channel: string | null;
  /** What it may do, beyond what its role gives. */
  readonly scopes: readonly string[];
  readonly customerId?: string;
  /** The company that the customer buys for. */
  readonly companyId?: string;
  readonly companyRole?: 'BUYER' | 'APPROVER' | 'ADMIN';
  /** The location of the company that the customer buys for: its price list, terms and taxes. */
  readonly companyLocationId?: string;
  /** Codes of the customer's groups and segments, in order; at most 50. */
  readonly groups?: readonly string[];
  /** The person of the staff, where that is known. */
  readonly staffId?: string;
  /** The registered device that the staff signed in on. */
  readonly deviceId?: string;
  /** The location of a register. */
  readonly locationId?: string;
  /** The credential that the caller showed at the edge. */
  readonly credentialId?: string;
  /** When that credential ends, in epoch milliseconds; absent for keys, which end by being revoked. */
  readonly expiresAt?: number;
}

/** A shopper who has not signed in, at the edge of a channel. */
export const guestOf = (channel: string): Caller => ({ role: 'guest', subject: 'guest', channel, scopes: [] });

/** A service acting for itself. */
export const serviceCaller = (name: string): Caller => ({ role: 'service', subject: name, channel: null, scopes: [] });
