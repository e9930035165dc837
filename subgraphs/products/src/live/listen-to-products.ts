import type { EventBus, Listening } from '@kontor/kit/src/events/event.ts';
import type { ProductHub } from './product-hub.ts';

const PRODUCT_CHANGED = 'products.product.changed';

/** Keeps the hub of a process told, from now on; ending it ends all registrations. */
export async function listenToProducts(bus: EventBus, hub: ProductHub): Promise<Listening> {
  const listening = await bus.listen(
    [PRODUCT_CHANGED],
    (events) => hub.changed(events.map(({ key }) => key)),
    () => hub.resync(),
  );
  return {
    stop: async () => {
      await listening.stop();
      hub.close();
    },
  };
}
