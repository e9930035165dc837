import type { Call } from '@kontor/kit/src/graph/graph.ts';

/** Something that takes a share of the callers. */
export interface Weighted {
  readonly name: string;
  /** Above 0; only its proportion to the others counts. */
  readonly weight: number;
}

/**
 * The version that a caller always gets, by weighted rendezvous hashing: raising one weight moves callers to that version only, and no
 * more than needed; taking a version away moves only its own callers.
 * Source: Schindelhauer and Schomaker, "Weighted distributed hash tables", 2005 (the logarithmic method).
 * @param versions at least one.
 * @param key what to stick to.
 */
export function chooseVersion<Version extends Weighted>(versions: readonly Version[], key: string): Version {
  let best = versions[0]!;
  if (versions.length === 1) return best;
  const keyHash = hash(key);
  let least = Infinity;
  for (const version of versions) {
    const distance = -Math.log(unit(mix(keyHash ^ hash(version.name)))) / version.weight;
    if (distance < least) {
      least = distance;
      best = version;
    }
  }
  return best;
}

/**
 * What a call's version sticks to: the caller within its channel. Guests share one subject, and services stand for everybody: for them it is the
 * request, so that its fetches agree with each other.
 * @param subgraph so that the first callers of one subgraph's new version are not the first of every other's too.
 */
export function stickyKey(subgraph: string, { caller, requestId }: Call): string {
  const anonymous = caller.role === 'guest' || caller.role === 'service';
  return `${subgraph}\n${anonymous ? requestId : `${caller.channel ?? ''}\n${caller.subject}`}`;
}

/** FNV-1a over UTF-16 code units, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value;
}

/** The finalizer of MurmurHash3: spreads every bit over all. */
function mix(value: number): number {
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}

/** A hash as a number between 0 and 1, neither of them. */
const unit = (value: number): number => ((value >>> 0) + 0.5) / 2 ** 32;
