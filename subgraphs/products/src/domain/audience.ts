/** For whom the catalogue answers. */
export interface Audience {
  /** The channel whose publications count; null for services, which see all. */
  readonly channel: string | null;
  /** Whether products that no channel publishes are shown too: to those who edit the catalogue. */
  readonly seesAll: boolean;
}
