import { boundedList } from '@kontor/kit/src/connection.ts';
import type { Context } from './context.ts';
import type { SubscriptionResolvers } from './generated/schema.ts';
import type { ProductWatch } from './live/product-hub.ts';
import { clearLoaders } from './loaders.ts';

const MAX_PRODUCTS = 100;

/** For clients: what each product is now, then each change of it; a slow one gets the latest. */
export const productChanged: NonNullable<SubscriptionResolvers['productChanged']> = {
  subscribe: (_, { ids }, ctx) => {
    const bounded = boundedList(ids, MAX_PRODUCTS, ['ids']);
    const productIds = [...new Set(bounded.map((id) => id.toLowerCase()))];
    // Registered before anything is read: what happens in between waits in the box.
    const watch = ctx.live.hub.watch(productIds);
    return untilReturned(watch, changes(watch, productIds, ctx));
  },
};

async function* changes(watch: ProductWatch, productIds: readonly string[], { live, audience, loaders }: Context) {
  /** The version of each product that was told; null when it was told as gone. */
  const told = new Map<string, number | null>();
  try {
    for (let news: readonly string[] | null = productIds; news; news = await watch.next())
      for (const change of await live.reader.read(audience, news)) {
        const version = change.product?.version ?? null;
        if (told.get(change.productId) === version) continue;
        told.set(change.productId, version);
        // What the event before loaded may have changed since.
        clearLoaders(loaders);
        yield { productChanged: change };
      }
  } finally {
    watch.stop();
  }
}

/**
 * Ends the watch as soon as the client goes. An async generator alone would not: `return()` waits behind a pending `next()`, which
 * waits for a change that may never come.
 */
function untilReturned<T>(watch: ProductWatch, events: AsyncGenerator<T, void, void>): AsyncGenerator<T, void, void> {
  return {
    next: () => events.next(),
    return: () => {
      watch.stop();
      return events.return();
    },
    throw: (error) => {
      watch.stop();
      return events.throw(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await this.return();
    },
  };
}
