import fc from 'fast-check';
import type { Shape } from './stock-model.ts';

/** Small, so that commands meet: four items, two bundles that share them, three locations, two channels that share one of these. */
export const SHAPE: Shape = {
  itemCount: 4,
  bundles: [
    [
      { item: 0, quantity: 2 },
      { item: 1, quantity: 1 },
    ],
    [
      { item: 1, quantity: 1 },
      { item: 2, quantity: 3 },
    ],
  ],
  channels: [
    [0, 1],
    [1, 2],
  ],
};
export const LOCATION_COUNT = 3;
const KEYS = 7;

export const item = fc.nat(SHAPE.itemCount - 1);
/** An item or a bundle. */
export const thing = fc.nat(SHAPE.itemCount + SHAPE.bundles.length - 1);
export const location = fc.nat(LOCATION_COUNT - 1);
export const channel = fc.nat(SHAPE.channels.length - 1);
/** Few, so that keys are used again. */
export const key = fc.nat(KEYS);
/** What lies at each location of each item at the beginning. */
export const beginning = fc.array(fc.nat(24), {
  minLength: SHAPE.itemCount * LOCATION_COUNT,
  maxLength: SHAPE.itemCount * LOCATION_COUNT,
});
