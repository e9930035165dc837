import { boundedList } from '@kontor/kit/src/connection.ts';
import type { Context } from '../context.ts';
import type { PriceScope } from '../domain/pricing-context.ts';
import type { UnitPrice } from '../domain/unit-price.ts';
import type { SubscriptionResolvers } from '../generated/schema.ts';
import type { PriceWatch } from '../live/price-hub.ts';
import { priceScopeOf } from './price-scope.ts';

const MAX_VARIANTS = 100;

/** For clients: what the variants cost, then each change of it; a slow one gets the latest. */
const priceChanged: NonNullable<SubscriptionResolvers['priceChanged']> = {
  subscribe: (_, { variantIds, ...place }, ctx) => {
    const scope = priceScopeOf(ctx, place);
    const bounded = boundedList(variantIds, MAX_VARIANTS, ['variantIds']);
    const ids = [...new Set(bounded.map((id) => id.toLowerCase()))];
    // Registered before anything is read: what happens in between waits in the box.
    const watch = ctx.live.hub.watch(ids);
    return untilReturned(watch, updates(watch, scope, ids, ctx));
  },
};

export const liveSubscriptions = { priceChanged };

async function* updates(watch: PriceWatch, scope: PriceScope, variantIds: readonly string[], ctx: Context) {
  const { live, loaders } = ctx;
  const told = new Map<string, string>();
  const read = async (ids: readonly string[]) => {
    const prices = await live.reader.read(scope, ids);
    const news: { variantId: string; price: UnitPrice | null }[] = [];
    for (const variantId of ids) {
      const price = prices.get(variantId) ?? null;
      const shown = shownOf(price);
      if (told.get(variantId) === shown) continue;
      told.set(variantId, shown);
      news.push({ variantId, price });
    }
    // What the event before loaded may have changed since.
    loaders.priceLists.clearAll();
    return news;
  };
  try {
    yield { priceChanged: { isSnapshot: true, variants: await read(variantIds) } };
    for (let ids = await watch.next(); ids; ids = await watch.next()) {
      const variants = await read(ids);
      if (variants.length > 0) yield { priceChanged: { isSnapshot: false, variants } };
    }
  } finally {
    watch.stop();
  }
}

/** What a client sees of a price, to tell whether it is another: all of it but the moment for which it was worked out. */
const shownOf = (price: UnitPrice | null): string =>
  price === null ? '' : JSON.stringify({ ...price, asOf: null, priceList: price.priceList.id });

/**
 * Ends the watch as soon as the client goes. An async generator alone would not: `return()` waits behind a pending `next()`, which
 * waits for a change that may never come.
 */
function untilReturned<T>(watch: PriceWatch, events: AsyncGenerator<T, void, void>): AsyncGenerator<T, void, void> {
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
