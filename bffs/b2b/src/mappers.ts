/** What resolvers get as their parent, where that is not the channel's own type. */
import type { CatalogPageQuery, CreditPartsFragment } from './generated/upstream.ts';

export type CatalogPageMapper = { readonly products: CatalogPageQuery['productSearch'] };
export type CompanyCreditMapper = CreditPartsFragment;
