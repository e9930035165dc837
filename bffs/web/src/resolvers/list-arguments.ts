import type { FacetFilter, InputMaybe } from '../generated/schema.ts';

/** Arguments of a list as the shared graph takes them: with values in every filter, also where the schema has filled in none. */
export const listArguments = <Args extends { filters?: InputMaybe<FacetFilter[]> }>({ filters, ...args }: Args) => ({
  ...args,
  ...(filters && { filters: filters.map(({ values = [], ...filter }) => ({ ...filter, values })) }),
});
