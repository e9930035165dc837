import { randomUUID } from 'node:crypto';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { ask } from '@kontor/testkit/src/graph-client.ts';
import { tellAt, type Staff } from '../people/staff.ts';
import { shopperWith } from '../shopper.ts';
import { demoKey, type System } from '../system.ts';

/** Somebody of the staff who keeps the catalogue, its prices and its stock, at the router in the channel `web`. */
export function merchant(system: System, key = demoKey('router', 'staff')): Staff {
  const url = system.url('router');
  const staff: Staff = {
    ask: (query, variables = {}) => ask(url, query, variables, key),
    tell: (field, input, selection = '') => tellAt(url, key, field, input, selection),
    async change<Outcome>(field: string, input: object, selection = '') {
      const outcome = await staff.tell<Outcome>(field, input, selection);
      if (outcome.code !== undefined) throw new Error(`${field}: ${JSON.stringify(outcome)}`);
      return outcome;
    },
  };
  return staff;
}

/** What a variant costs in the base list, and how many lie in Leipzig. */
export interface Offer {
  readonly variantId: string;
  readonly amountMinor: number;
  readonly quantity: number;
}

/** Gives variants of the web shop prices and stock, and waits until it takes them into carts. */
export async function offer(system: System, offers: readonly Offer[]): Promise<void> {
  await setPrices(system, offers);
  for (const { variantId, quantity } of offers) await countUnits(system, variantId, quantity);
  await eventually(() =>
    shopperWith(
      system.url('web'),
      offers.map(({ variantId }) => ({ variantId, quantity: 1 })),
    ),
  );
}

/** Sets prices of the base list. */
export const setPrices = (system: System, prices: readonly Pick<Offer, 'variantId' | 'amountMinor'>[]) =>
  merchant(system).change('pricesSet', {
    priceListCode: 'base-eur',
    prices: prices.map(({ variantId, amountMinor }) => ({ variantId, amountMinor })),
  });

/** Counts a variant in Leipzig, as soon as stock has heard of it. */
export async function countUnits(system: System, variantId: string, countedQuantity: number): Promise<void> {
  const staff = merchant(system);
  const { locations } = await staff.ask<{ locations: { edges: { node: { id: string; code: string } }[] } }>(
    '{ locations(first: 100) { edges { node { id code } } } }',
  );
  const locationId = locations.edges.find(({ node }) => node.code === 'leipzig')!.node.id;
  const idempotencyKey = randomUUID();
  await eventually(() => staff.change('stockCount', { variantId, locationId, countedQuantity, idempotencyKey }));
}
