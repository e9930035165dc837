/** All tables of prices, by what they are for. */
export { inbox, outbox, schema } from './tables/schema.ts';
export * from './tables/engine.ts';
export * from './tables/facts.ts';
export * from './tables/history.ts';
export * from './tables/lists.ts';
export * from './tables/promotions.ts';
export * from './tables/shipping.ts';
export * from './tables/taxes.ts';
