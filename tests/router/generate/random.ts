/** Numbers that only depend on a seed, so that a failing case can be made again. */
export interface Random {
  /** At least 0 and below 1. */
  fraction(): number;
  /** An integer of at least 0 and below `end`. */
  below(end: number): number;
  /** An integer, both ends included. */
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  /** @throws RangeError when there is nothing to pick. */
  pick<T>(items: readonly T[]): T;
  /** Different items in the order in which they stand, at most `count`. */
  some<T>(items: readonly T[], count: number): T[];
}

/** A generator of numbers from a seed (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const fraction = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number) => Math.floor(fraction() * end);
  return {
    fraction,
    below,
    between: (low, high) => low + below(high - low + 1),
    chance: (probability) => fraction() < probability,
    pick(items) {
      if (items.length === 0) throw new RangeError('There is nothing to pick from.');
      return items[below(items.length)]!;
    },
    some(items, count) {
      const left = items.map((item, place) => ({ item, place, rank: fraction() }));
      left.sort((a, b) => a.rank - b.rank);
      return left
        .slice(0, count)
        .sort((a, b) => a.place - b.place)
        .map(({ item }) => item);
    },
  };
}

/** A number of 53 bits that only depends on the text (cyrb53). */
export function digest(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 2654435761);
    low = Math.imul(low ^ unit, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}
