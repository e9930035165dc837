/** What a key, a device or a person of the staff is given. */
export interface Grant {
  readonly scopes: readonly string[];
  /** The channel; null for any, absent where channels are not what is given. */
  readonly channel?: string | null;
  /** The locations; null for any. */
  readonly locationIds: readonly string[] | null;
}

/** What somebody has and may therefore hand on. */
export interface Authority {
  readonly has: (scope: string) => boolean;
  /** The channel it is bound to; null for any. */
  readonly channel: string | null;
  /** The location it is bound to; null for any. */
  readonly locationId: string | null;
}

/** What of a grant the giver does not have: the first of it. */
export type Excess =
  | { readonly kind: 'SCOPE_NOT_HELD'; readonly what: string }
  | { readonly kind: 'CHANNEL_NOT_HELD'; readonly what: string | null }
  | { readonly kind: 'LOCATION_NOT_HELD'; readonly what: string | null };

/** The first thing in a grant that whoever gives it does not have; null when all of it is theirs to give. */
export function excessOf({ has, channel, locationId }: Authority, grant: Grant): Excess | null {
  const scope = grant.scopes.find((each) => !has(each));
  if (scope !== undefined) return { kind: 'SCOPE_NOT_HELD', what: scope };
  if (channel !== null && grant.channel !== undefined && grant.channel !== channel)
    return { kind: 'CHANNEL_NOT_HELD', what: grant.channel };
  if (locationId === null) return null;
  if (grant.locationIds === null) return { kind: 'LOCATION_NOT_HELD', what: null };
  const elsewhere = grant.locationIds.find((each) => each !== locationId);
  return elsewhere === undefined ? null : { kind: 'LOCATION_NOT_HELD', what: elsewhere };
}
