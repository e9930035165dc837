/** What resolvers get as their parent, where that is the router's answer and not the channel's own type. */
import type {
  AccountQuery,
  CardPartsFragment,
  CatalogueChangesQuery,
  FeedQuery,
  ProductScreenQuery,
  SignedInPartsFragment,
} from './generated/upstream.ts';
import type { CartSummary } from './generated/schema.ts';

type Profile = NonNullable<AccountQuery['me']>;
type Change = CatalogueChangesQuery['productChanges']['changes'][number];

export type ProductScreenMapper = NonNullable<ProductScreenQuery['product']>;
export type ProductCardMapper = CardPartsFragment;
export type ProductConnectionMapper = FeedQuery['productSearch'];
export type CatalogueChangeMapper = Change;
export type CatalogueProductMapper = NonNullable<Change['product']>;
/** `token` where the person has signed in by the request itself. */
export type AccountMapper = Profile & { readonly token?: string };
export type SignedInMapper = SignedInPartsFragment & { readonly cart: CartSummary | null };
