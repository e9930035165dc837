import { outstanding, type Claim, type PolicyKind } from './allocation-policy.ts';

/** What a location of the channel has of a stock item, as the database decides with it. */
export interface LocationFacts {
  readonly locationId: string;
  readonly available: number;
  /** What the channel leaves there. */
  readonly safetyStock: number;
  /** What it may have of that: available beyond the safety stock. */
  readonly free: number;
  /** Whether the location belongs to the pool of the policy. */
  readonly pooled: boolean;
}

/** The policy that governs a stock item. */
export interface PolicyFacts {
  readonly policyId: string;
  readonly name: string;
  readonly kind: PolicyKind;
  /** Units that are free in the pool, for whichever channel. */
  readonly poolAvailable: number;
  readonly claims: readonly Claim[];
}

/** A stock item: the variant itself, or a component of a bundle. */
export interface ItemFacts {
  readonly variantId: string;
  /** Units in one bundle; 1 for the variant itself. */
  readonly unitsPerSet: number;
  readonly sellableQuantity: number;
  readonly locations: readonly LocationFacts[];
  readonly policy: PolicyFacts | null;
  /** Units of the pool that the channel may take; null when no policy limits it. */
  readonly cap: number | null;
}

/** Everything that decides what a channel can sell of a variant, read at one moment. */
export interface AvailabilityFacts {
  readonly variantId: string;
  readonly channel: string;
  readonly sellableQuantity: number;
  readonly version: number;
  readonly asOf: string;
  readonly isBundle: boolean;
  readonly channelLocationCount: number;
  /** Units that may still be sold ahead in the channel when none is left. */
  readonly aheadQuantity: number;
  readonly items: readonly ItemFacts[];
}

/** The two kinds of units that a channel may have of an item: outside of the pool, and in it, where the cap counts. */
export function unitsOf({ locations, cap }: Pick<ItemFacts, 'locations' | 'cap'>): {
  readonly open: number;
  readonly pooled: number;
} {
  let open = 0;
  let pooled = 0;
  for (const place of locations) {
    if (place.pooled && cap !== null) pooled += place.free;
    else open += place.free;
  }
  return { open, pooled };
}

/** How many sets each location can make of its own; only locations that have every item. What policies allow over all locations is not looked at. */
export function setsByLocation(items: readonly ItemFacts[]): { readonly locationId: string; readonly sets: number }[] {
  const [first, ...others] = items;
  if (!first) return [];
  const sets = new Map(first.locations.map((each) => [each.locationId, Math.floor(each.free / first.unitsPerSet)]));
  for (const { locations, unitsPerSet } of others) {
    const here = new Map(locations.map((each) => [each.locationId, Math.floor(each.free / unitsPerSet)]));
    for (const [locationId, count] of sets) {
      const own = here.get(locationId);
      if (own === undefined) sets.delete(locationId);
      else sets.set(locationId, Math.min(count, own));
    }
  }
  return [...sets].map(([locationId, count]) => ({ locationId, sets: count }));
}

/** Why a channel can sell what it can, in sentences, in the order in which one follows from the other. */
export function reasonsOf(facts: AvailabilityFacts): string[] {
  const { channel, isBundle, items, sellableQuantity, aheadQuantity } = facts;
  const conclusion = [
    sellableQuantity === 0
      ? `${channel} can sell none.`
      : `${channel} can sell ${isBundle ? count(sellableQuantity, 'set') : count(sellableQuantity, 'unit')}.`,
    ...(aheadQuantity > 0 ? [`Beyond that it can sell ${count(aheadQuantity, 'unit')} ahead.`] : []),
  ];
  if (facts.channelLocationCount === 0) return [`${channel} sells from no location.`, ...conclusion];
  if (!isBundle) return [...items.flatMap((item) => itemReasons(channel, item)), ...conclusion];
  const made = setsByLocation(items);
  const total = made.reduce((sum, { sets }) => sum + sets, 0);
  return [
    `The variant is a bundle of ${count(items.length, 'component')}, and a set is made of what one location has.`,
    made.length === 0
      ? 'No location of the channel has all components.'
      : `${count(made.length, 'location')} of the channel ${made.length === 1 ? 'has' : 'have'} all components: enough for ${count(total, 'set')}.`,
    ...(sellableQuantity < total ? ['Policies allow fewer of a component than there are.'] : []),
    ...conclusion,
  ];
}

/** Why a channel can have what it can of a stock item. */
export function itemReasons(channel: string, item: ItemFacts): string[] {
  const { locations, policy, cap } = item;
  if (locations.length === 0) return [`No location of ${channel} ever had it.`];
  const available = locations.reduce((sum, place) => sum + place.available, 0);
  const kept = locations.reduce((sum, place) => sum + place.available - place.free, 0);
  const reasons = [`${count(available, 'unit')} available at ${count(locations.length, 'location')} of ${channel}.`];
  if (kept > 0) reasons.push(`${channel} leaves ${count(kept, 'unit')} as safety stock.`);
  if (!policy) return [...reasons, 'No allocation policy governs it: whoever comes first gets it.'];
  if (policy.kind === 'FIFO') return [...reasons, `The policy “${policy.name}” lets whoever comes first have it.`];
  const { open, pooled } = unitsOf(item);
  if (cap === null || !locations.some((place) => place.pooled))
    return [...reasons, `The policy “${policy.name}” governs, but shares no location that has it with ${channel}.`];
  reasons.push(policyReason(channel, policy, cap));
  if (cap < pooled) reasons.push(`That is fewer than the ${count(pooled, 'unit')} that the pool would let it have.`);
  if (open > 0) reasons.push(`${count(open, 'unit')} more outside of the pool, which the policy does not limit.`);
  return reasons;
}

function policyReason(channel: string, { name, kind, poolAvailable, claims }: PolicyFacts, cap: number): string {
  const own = claims.find((claim) => claim.channel === channel);
  const comesBefore = (claim: Claim) => kind === 'PROPORTIONAL' || !own || claim.priority < own.priority;
  const others = claims.filter((claim) => claim.channel !== channel && comesBefore(claim) && outstanding(claim) > 0);
  const may = `Of ${count(poolAvailable, 'unit')} in its pool the policy “${name}” lets ${channel} take ${cap}`;
  if (others.length === 0) return `${may}: nobody else is guaranteed any.`;
  const kept = others.map((claim) => `${claim.channel} ${outstanding(claim)}`).join(', ');
  return `${may}: others are guaranteed units that they have not taken yet (${kept}).`;
}

const count = (units: number, noun: string): string => `${units} ${noun}${units === 1 ? '' : 's'}`;
