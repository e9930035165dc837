import { PRODUCTS } from './catalogue/products.ts';
import { STORES, WAREHOUSES, type DemoLocation } from './locations.ts';

/** What a location has of a variant. */
export interface DemoLevel {
  readonly locationCode: string;
  readonly sku: string;
  readonly quantity: number;
}

/** The product of which there are exactly twenty, all in one warehouse: for races to the last unit. */
export const RACE_HANDLE = 'trail-lantern';
const RACE_UNITS = 20;

const SOLD_OUT_SHARE = 0.05;
const LOW_SHARE = 0.15;

/** FNV-1a, 32 bits: a variant's stock depends on its SKU alone, so that new products leave the old ones as they were. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return value;
}

/** The generator mulberry32: numbers from 0 up to 1, the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One to three of the locations. */
function someOf(locations: readonly DemoLocation[], random: () => number): DemoLocation[] {
  const ranked = locations.map((location) => ({ location, rank: random() })).sort((a, b) => a.rank - b.rank);
  return ranked.slice(0, 1 + Math.floor(random() * 3)).map(({ location }) => location);
}

function levelsOf(sku: string): DemoLevel[] {
  const random = randomOf(hash(sku));
  const mood = random();
  const warehouses = someOf(WAREHOUSES, random);
  const places = [...warehouses, ...someOf(STORES, random)];
  const between = (least: number, most: number) => least + Math.floor(random() * (most - least + 1));
  return places.map(({ code, kind }, index) => {
    const level = (quantity: number): DemoLevel => ({ locationCode: code, sku, quantity });
    if (mood < SOLD_OUT_SHARE) return level(0);
    if (mood < LOW_SHARE) return level(index === 0 ? between(1, 3) : 0);
    return level(kind === 'STORE' ? between(1, 12) : between(12, 120));
  });
}

/** Every variant at two to six locations: some sold out everywhere, some down to their last units. */
export const LEVELS: readonly DemoLevel[] = PRODUCTS.flatMap(({ handle, variants }) =>
  variants.flatMap(({ sku }) =>
    handle === RACE_HANDLE ? [{ locationCode: 'leipzig', sku, quantity: RACE_UNITS }] : levelsOf(sku),
  ),
);
