import fc from 'fast-check';
import type { MachineCommand } from './machine-command.ts';
import { keepBundles, keepPlaces } from './real-stock.ts';
import { channel, item, LOCATION_COUNT, SHAPE } from './shape.ts';

/** A channel sells from other locations. */
export const changePlaces: MachineCommand<{ readonly channel: number; readonly places: number[] }> = {
  name: 'places',
  weight: 1,
  steps: fc.record({ channel, places: fc.uniqueArray(fc.nat(LOCATION_COUNT - 1), { minLength: 0 }) }),
  expect(model, step) {
    model.places[step.channel] = step.places;
  },
  perform: ({ db, names }, step) => keepPlaces(db, names, step.channel, step.places),
};

const components = fc.uniqueArray(fc.record({ item, quantity: fc.integer({ min: 1, max: 3 }) }), {
  minLength: 1,
  maxLength: 3,
  selector: (each) => each.item,
});

/** Bundles are made of something else. Holds keep what they took. */
export const changeBundles: MachineCommand<{ readonly bundles: { item: number; quantity: number }[][] }> = {
  name: 'bundles',
  weight: 1,
  steps: fc.record({
    bundles: fc.array(components, { minLength: SHAPE.bundles.length, maxLength: SHAPE.bundles.length }),
  }),
  expect(model, { bundles }) {
    model.bundles = bundles;
  },
  perform: ({ db, names }, { bundles }) => keepBundles(db, names, SHAPE.itemCount, bundles),
};
