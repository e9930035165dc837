import type { Listening } from '@kontor/kit/src/events/event.ts';
import type { SubgraphDeps } from '@kontor/kit/src/subgraph.ts';
import type { CheckpointSigner } from './commands/audit/checkpoint-signer.ts';
import { consumeHoldsOfOrders } from './consumers/holds-of-orders.ts';
import { consumeLoyaltyOfOrders } from './consumers/loyalty-of-orders.ts';
import { consumeOrders } from './consumers/orders-order-placed.ts';
import { consumeErasureAnswers } from './consumers/orders-customer-erased.ts';
import { consumeStaffActed } from './consumers/staff-acted.ts';

/** Registers what customers hears of others. */
export async function consume(
  { bus, db, logger }: SubgraphDeps,
  signer: CheckpointSigner,
): Promise<readonly Listening[]> {
  return [
    await consumeLoyaltyOfOrders(bus, db, logger),
    await consumeHoldsOfOrders(bus, db, logger),
    await consumeOrders(bus, db),
    await consumeStaffActed(bus, db, signer, logger),
    await consumeErasureAnswers(bus, db),
  ];
}
