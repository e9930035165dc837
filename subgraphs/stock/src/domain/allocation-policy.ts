/**
 * How a policy divides what several channels could sell. The same arithmetic as `stock.claims` and `stock.caps`, which decide; this one
 * serves trials and explanations, and a test compares the two.
 */

/** How a policy divides a pool. */
export type PolicyKind = 'FIFO' | 'PRIORITY' | 'PROPORTIONAL';

/** What a policy grants a channel; each kind looks at its own numbers. */
export interface ChannelShare {
  readonly channel: string;
  /** PRIORITY: the lower number comes first. */
  readonly priority: number;
  /** PRIORITY: units of each variant that channels behind it must leave. */
  readonly promised: number;
  /** PROPORTIONAL: of all units since the policy was activated, in hundredths of a percent. */
  readonly shareBasisPoints: number;
  /** PROPORTIONAL: units of each variant that it is guaranteed whatever the share comes to. */
  readonly floor: number;
}

/** The rules of a policy, without what it governs. */
export interface PolicyRules {
  readonly kind: PolicyKind;
  /** PROPORTIONAL: how much of an unused share others may take, never of the floor. */
  readonly lendableBasisPoints: number;
  readonly channels: readonly ChannelShare[];
}

/** What a channel is guaranteed of a pool, and what it has taken of that. */
export interface Claim {
  readonly channel: string;
  readonly priority: number;
  readonly guaranteed: number;
  readonly consumed: number;
}

const WHOLE = 10_000;
/** Whom the policy does not name comes behind all whom it names. */
const LAST = Number.MAX_SAFE_INTEGER;

/**
 * What each channel of a policy is guaranteed; none under FIFO.
 * @param available units that are free in the pool. @param consumed units taken since the activation, by channel, of all channels.
 */
export function claimsOf(rules: PolicyRules, available: number, consumed: ReadonlyMap<string, number>): Claim[] {
  if (rules.kind === 'FIFO') return [];
  const units = available + sumOf(consumed);
  return rules.channels.map((share) => ({
    channel: share.channel,
    priority: share.priority,
    guaranteed: guaranteedOf(rules, share, units),
    consumed: rules.kind === 'PROPORTIONAL' ? (consumed.get(share.channel) ?? 0) : 0,
  }));
}

/** Units of the pool that a channel may take: all but what others, who come before it, are guaranteed and have not taken; null under FIFO, which limits nobody. */
export function capOf(
  rules: PolicyRules,
  channel: string,
  available: number,
  consumed: ReadonlyMap<string, number>,
): number | null {
  if (rules.kind === 'FIFO') return null;
  const isProportional = rules.kind === 'PROPORTIONAL';
  const priority = rules.channels.find((share) => share.channel === channel)?.priority ?? LAST;
  const units = isProportional ? available + sumOf(consumed) : available;
  let cap = available;
  for (const share of rules.channels) {
    if (share.channel === channel || (!isProportional && share.priority >= priority)) continue;
    const taken = isProportional ? (consumed.get(share.channel) ?? 0) : 0;
    cap -= Math.max(0, guaranteedOf(rules, share, units) - taken);
  }
  return Math.max(0, cap);
}

/** What a channel is guaranteed of some units, which were there since the activation. */
function guaranteedOf({ kind, lendableBasisPoints }: PolicyRules, share: ChannelShare, units: number): number {
  if (kind === 'PRIORITY') return share.promised;
  const kept = basisPointsOf(basisPointsOf(units, share.shareBasisPoints), WHOLE - lendableBasisPoints);
  return Math.max(share.floor, kept);
}

function sumOf(consumed: ReadonlyMap<string, number>): number {
  let units = 0;
  for (const taken of consumed.values()) units += taken;
  return units;
}

/** Units that a channel is guaranteed and has not taken yet. */
export const outstanding = ({ guaranteed, consumed }: Pick<Claim, 'guaranteed' | 'consumed'>): number =>
  Math.max(0, guaranteed - consumed);

/** The part of some units, rounded down; exact where the product itself would not be. */
const basisPointsOf = (units: number, basisPoints: number): number =>
  Math.floor(units / WHOLE) * basisPoints + Math.floor(((units % WHOLE) * basisPoints) / WHOLE);
