/** All tables of customers, by what they are for. */
export { inbox, outbox, schema } from './tables/schema.ts';
export * from './tables/audit.ts';
export * from './tables/privacy.ts';
export * from './tables/accounts.ts';
export * from './tables/companies.ts';
export * from './tables/groups.ts';
export * from './tables/keys.ts';
export * from './tables/loyalty.ts';
export * from './tables/merging.ts';
export * from './tables/profile.ts';
export * from './tables/profile-details.ts';
export * from './tables/signing.ts';
