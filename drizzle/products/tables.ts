/** All tables of products, by what they are for. */
export { inbox, outbox, schema } from './tables/schema.ts';
export * from './tables/catalogue.ts';
export * from './tables/categories.ts';
export * from './tables/collections.ts';
export * from './tables/details.ts';
export * from './tables/feeds.ts';
export * from './tables/history.ts';
export * from './tables/imports.ts';
export * from './tables/search.ts';
export * from './tables/taxonomies.ts';
