import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import type { DomainEvent, EventBus, Listening } from '@kontor/kit/src/events/event.ts';
import { ask, type GraphClient } from '@kontor/kit/src/graph/graph.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { type CategoryState, keepCategories } from '../commands/feeds/keep-categories.ts';
import { keepLocations } from '../commands/feeds/keep-locations.ts';
import { keepProducts } from '../commands/feeds/keep-products.ts';
import type { ProductFactsState } from '../domain/feeds/product-labels.ts';
import { LocationStatesOfDocument } from '../generated/upstream-customers.ts';

const payloads = <Payload>(events: readonly DomainEvent[]): Payload[] =>
  events.map(({ payload }) => payload as Payload);

/** Keeps what promotions, taxes and shipping ask of goods. A state that is not newer than what is kept changes nothing: no inbox is needed. */
export const consumeProducts = (bus: EventBus, db: Database): Promise<Listening> =>
  bus.consume('prices-products', ['products.product.changed'], (events) =>
    keepProducts(db, payloads<ProductFactsState>(events)),
  );

/** Keeps the tree of categories, likewise. */
export const consumeCategories = (bus: EventBus, db: Database): Promise<Listening> =>
  bus.consume('prices-categories', ['products.category.changed'], (events) =>
    keepCategories(db, payloads<CategoryState>(events)),
  );

/** Keeps what places companies buy for: the event says that a company changed, and customers what its places are like now. */
export const consumeCompanies = (bus: EventBus, db: Database, customers: GraphClient): Promise<Listening> =>
  bus.consume('prices-companies', ['customers.company.changed'], async (events) => {
    for (const companyId of new Set(events.map(({ key }) => key))) {
      const call = { caller: serviceCaller('prices'), requestId: newId() };
      for (let after: string | null = null; ;) {
        const page: LocationPage = await ask(customers, call, LocationStatesOfDocument, { companyId, after });
        await keepLocations(db, page.companyLocationStatesOf.locations);
        after = page.companyLocationStatesOf.endCursor ?? null;
        if (after === null) break;
      }
    }
  });

interface LocationPage {
  readonly companyLocationStatesOf: {
    readonly locations: Parameters<typeof keepLocations>[1];
    readonly endCursor?: string | null;
  };
}
