import type { ContractFilter } from './build-contract.ts';

/** The contracts of our own graph by name: each is committed as `schema/contracts/<name>.graphql` and served at `/<name>/graphql`. */
export const CONTRACTS = {
  /** What integrations of partners see: reading the catalogue, prices and availability, and orders. Nothing of staff, nobody's profile. */
  partner: { include: ['partner'], exclude: ['staff'] },
} as const satisfies Record<string, ContractFilter>;
