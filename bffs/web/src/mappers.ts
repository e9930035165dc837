/** What resolvers get as their parent, where that is the router's answer and not the channel's own type. */
import type {
  AddressAddMutation,
  AddressRemoveMutation,
  AttributePartsFragment,
  CartMergeMutation,
  CartPartsFragment,
  CategoryPartsFragment,
  CategoryTreeQuery,
  ConsentSetMutation,
  IdentityAddMutation,
  PreferencesSetMutation,
  ProfileUpdateMutation,
  SignedInPartsFragment,
} from './generated/upstream.ts';
import type {
  AccountSource,
  Ask,
  CategoryPageSource,
  CollectionPageSource,
  ProductCardSource,
  ProductListSource,
  ProductPageSource,
  RelatedSource,
} from './views/sources.ts';

export type ProductPageMapper = ProductPageSource;
export type CollectionPageMapper = CollectionPageSource;
export type SearchPageMapper = { readonly products: ProductListSource };
export type ProductCardMapper = ProductCardSource | RelatedSource;
export type CategoryPageMapper = CategoryPageSource;
export type CategoryLinkMapper = CategoryPartsFragment;
export type CategoryBranchMapper = CategoryTreeQuery['categories']['edges'][number]['node'];
export type ProductAttributeMapper = AttributePartsFragment;
export type AccountMapper = AccountSource & { readonly ask: Ask };
export type LoyaltyAccountMapper = NonNullable<AccountSource['loyalty']> & { readonly ask: Ask };
export type SessionMapper = NonNullable<AccountSource['sessions']>[number];

export type CartGiftMapper = CartPartsFragment['gifts'][number];

type Member<Outcome, Name extends string> = Extract<Outcome, { readonly __typename: Name }>;

export type ProfileUpdatedMapper = Member<ProfileUpdateMutation['profileUpdate'], 'ProfileUpdated'>;
export type IdentityChangedMapper = Member<IdentityAddMutation['identityAdd'], 'IdentityChanged'>;
export type AddressSavedMapper = Member<AddressAddMutation['addressAdd'], 'AddressSaved'>;
export type AddressRemovedMapper = Member<AddressRemoveMutation['addressRemove'], 'AddressRemoved'>;
export type ConsentRecordedMapper = Member<ConsentSetMutation['consentSet'], 'ConsentRecorded'>;
export type PreferencesChangedMapper = Member<PreferencesSetMutation['preferencesSet'], 'PreferencesChanged'>;
export type SignedInMapper = SignedInPartsFragment & {
  readonly cart: Member<CartMergeMutation['cartMerge'], 'CartUpdated'>['cart'] | null;
};
