import { newId } from '@kontor/kit/src/ids.ts';
import { CHANNEL } from './cluster.ts';
import { pause } from './pauses.ts';
import type { Random } from './random.ts';
import type { Shelf } from './shelf.ts';
import type { StockClient } from './stock-client.ts';

/** Clients that buy and let go, without an end of their own. */
export interface Traffic {
  /** What was acknowledged last of each reservation. */
  readonly acknowledged: ReadonlyMap<string, 'HELD' | 'COMMITTED' | 'RELEASED'>;
  /** What was answered that must not have been. */
  readonly wrong: readonly string[];
  /** Ends behind the last answer. */
  stop(): Promise<void>;
}

const TTL_S = 3_600;

/**
 * Clients that hold one unit of a random variant each, and commit a part of what they hold, release another part and leave the rest.
 * @param options.mostPauseMs the longest that a client thinks between two purchases.
 */
export function startTraffic(options: {
  readonly client: StockClient;
  readonly shelf: Shelf;
  readonly random: Random;
  readonly clients: number;
  readonly mostPauseMs: number;
}): Traffic {
  const { client, shelf, random, mostPauseMs } = options;
  const acknowledged = new Map<string, 'HELD' | 'COMMITTED' | 'RELEASED'>();
  const wrong: string[] = [];
  let stopping = false;

  const shop = async (own: Random) => {
    while (!stopping) {
      const key = newId();
      const variantId = own.pick(shelf.variantIds);
      const wish = { key, channel: CHANNEL, variantId, locationId: shelf.locationId, quantity: 1, ttlSeconds: TTL_S };
      const { kind } = await client.reserve(wish);
      if (kind === 'ReservationKeyReused') wrong.push(`${key} was said to be another demand's`);
      if (kind === 'Reservation') {
        acknowledged.set(key, 'HELD');
        const chance = own.next();
        if (chance < 0.3) {
          if ((await client.commit(key)).done) acknowledged.set(key, 'COMMITTED');
          else wrong.push(`${key} was held but could not be committed`);
        } else if (chance < 0.9) {
          if ((await client.release(key)).done) acknowledged.set(key, 'RELEASED');
          else wrong.push(`${key} was held but could not be released`);
        }
      }
      if (mostPauseMs > 0) await pause(own.between(0, mostPauseMs));
    }
  };
  const running = Promise.all(Array.from({ length: options.clients }, (_, index) => shop(random.fork(index))));
  running.catch(() => undefined);
  return {
    acknowledged,
    wrong,
    async stop() {
      stopping = true;
      await running;
    },
  };
}
