import { LRUCache } from 'lru-cache';
import { availabilityStatus, publicQuantity } from '../availability.ts';
import type { Role } from '../auth/caller.ts';
import { shareEvent } from '../graph/shared-event.ts';
import type { AvailabilityUpdate, ChannelAvailability, VariantAvailability } from './availability-stream.ts';

/** Of all kept updates together; a change of one variant is told within the same turn to nearly all who hear of it. */
const KEPT_VARIANTS = 10_000;

/** Makes what callers are told of a list of variants: the same object for the same readings. */
export type AvailabilityPresenter = (snapshot: boolean, readings: readonly ChannelAvailability[]) => AvailabilityUpdate;

interface Made {
  readonly readings: readonly ChannelAvailability[];
  readonly update: AvailabilityUpdate;
}

/**
 * Makes the presenter for all callers of a role. Clients that are told the same share one update, which nobody changes any more, and so its
 * execution and its JSON (`shareEvent`). It keeps the latest update of each list of variants, within a bound.
 */
export function createAvailabilityPresenter(role: Role): AvailabilityPresenter {
  // All that there is of the caller here: what one of them may be told more than another of the same role has no way in.
  const anybody = { role, subject: '', channel: null, scopes: [] } as const;
  const present = (reading: ChannelAvailability): VariantAvailability =>
    Object.freeze({
      ...reading,
      status: availabilityStatus(reading.sellableQuantity),
      sellableQuantity: publicQuantity(anybody, reading.sellableQuantity),
    });
  const recent = (): LRUCache<string, Made> =>
    new LRUCache({ maxSize: KEPT_VARIANTS, sizeCalculation: ({ readings }) => readings.length + 1 });
  const snapshots = recent();
  const changes = recent();

  return (snapshot, readings) => {
    const kept = snapshot ? snapshots : changes;
    const key = keyOf(readings);
    const made = kept.get(key);
    if (made && isSame(made.readings, readings)) return made.update;
    const update = shareEvent(Object.freeze({ snapshot, variants: Object.freeze(readings.map(present)) }));
    kept.set(key, { readings, update });
    return update;
  };
}

const keyOf = (readings: readonly ChannelAvailability[]): string =>
  readings.length === 1 ? readings[0]!.variantId : readings.map(({ variantId }) => variantId).join();

/** The readings themselves are compared, not what they say: two of them can only be told apart by stock. */
const isSame = (one: readonly ChannelAvailability[], other: readonly ChannelAvailability[]): boolean =>
  one.length === other.length && one.every((reading, index) => reading === other[index]);
