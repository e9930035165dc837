/** A register or another device of a location, without its secret. */
export interface Device {
  readonly id: string;
  readonly label: string;
  readonly channel: string;
  readonly locationId: string;
  readonly prefix: string;
  readonly lastFour: string;
  readonly registeredBy: string;
  /** Instants as PostgreSQL writes them. */
  readonly registeredAt: string;
  readonly lastSeenAt: string | null;
  readonly revokedAt: string | null;
}
