/** What kind of party calls. */
export type Role = 'guest' | 'customer' | 'staff' | 'integration' | 'service';

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
  readonly companyId?: string;
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
