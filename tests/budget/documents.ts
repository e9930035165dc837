/** Operations as clients of the channels send them, with everything that may cost a statement or a fetch. */
const PRICE = 'price { net { minorUnits } gross { minorUnits currency } compareAt { minorUnits } }';
const AVAILABILITY = 'availability { status sellableQuantity version }';
const VARIANT = `id title sku ${PRICE} ${AVAILABILITY}`;
const CARDS = `edges { node { id handle title vendor image { url } variants { ${VARIANT} } } } pageInfo { hasNextPage endCursor }`;

export const PRODUCT_PAGE = `query ProductPage($handle: String!) {
  productPage(handle: $handle) {
    title descriptionHtml gallery { url } options { name values } collections { handle title } seo { title canonicalPath } jsonLd cacheTags
    variants { ${VARIANT} barcode selectedOptions { name value } image { url } }
  }
}`;

export const COLLECTION_PAGE = `query CollectionPage($handle: String!, $first: Int!) {
  collectionPage(handle: $handle, first: $first) { title canonicalPath cacheTags products { ${CARDS} } }
}`;

export const SEARCH_PAGE = `query SearchPage($query: String!, $first: Int!) {
  searchPage(query: $query, first: $first) { cacheTags products { totalCount facets { facet value count } ${CARDS} } }
}`;

const MONEY = '{ net { minorUnits } tax { minorUnits } gross { minorUnits currency } }';
const CART_PARTS = `id version status shippingAddress { city } order { number } quote { total ${MONEY} token expiresAt }
  lines { id quantity productTitle variantTitle sku variant { id title sku } unitPrice ${MONEY} total ${MONEY} }`;

export const CART = `query Cart($id: ID!, $token: String) { cart(id: $id, token: $token) { ${CART_PARTS} } }`;

export const CART_CREATE = `mutation CartCreate($input: CartCreateInput!) { cartCreate(input: $input) { token cart { ${CART_PARTS} } } }`;

export const CART_LINES_SET = `mutation CartLinesSet($input: CartLinesSetInput!) {
  cartLinesSet(input: $input) { __typename ... on CartUpdated { cart { ${CART_PARTS} } } ... on UserError { code message } }
}`;

export const CHECKOUT = `mutation Checkout($input: CheckoutInput!) {
  checkout(input: $input) {
    __typename
    ... on UserError { code message }
    ... on OrderPlaced {
      order { id number status total ${MONEY} payments { status cardLast4 } lines { productTitle quantity variant { id title } unitPrice ${MONEY} } }
    }
  }
}`;

export const PRODUCT_SCREEN = `query ProductScreen($id: ID!) {
  productScreen(id: $id) { title vendor images { url } variants { id title ${PRICE} ${AVAILABILITY} } }
}`;

export const LOOKUP = `query Lookup($code: String!) {
  lookup(code: $code) { id productTitle title matchedBy sku barcode ${PRICE} ${AVAILABILITY} }
}`;

export const CATALOG_PAGE = `query CatalogPage($first: Int!) {
  catalogPage(first: $first) { products { edges { node { handle title vendor variants { ${VARIANT} } } } pageInfo { hasNextPage endCursor } } }
}`;

export const FEED = `query Feed($first: Int!) {
  feed(first: $first) {
    items { id itemGroupId title description link brand gtin image { url } ${PRICE} ${AVAILABILITY} }
    pageInfo { hasNextPage endCursor }
  }
}`;

export const SIGN_UP = `mutation SignUp($input: SignUpInput!) {
  signUp(input: $input) { __typename ... on SignedIn { account { id } } }
}`;

export const ACCOUNT = `query Account {
  account {
    id email emailVerified givenName familyName phone locale company { id name } recentOrders { number status total ${MONEY} placedAt }
    identities { id kind value verifiedAt isPrimary } addresses { id street city country isDefaultShipping } sessions { id channel isCurrent }
    consents { purpose channel isGranted } preferences { key text number isOn } cart { id version lines { quantity } }
    loyalty { balance available pending tier { code name } nextTier { code missingPoints } expiring { points expiresAt } }
  }
}`;

export const ORDERS = `query Orders {
  orders(first: 10) { edges { node { number status total { minorUnits } placedAt } } pageInfo { hasNextPage endCursor } }
}`;

export const LOYALTY_CARD = `query LoyaltyCard {
  loyaltyCard { number barcodeFormat balance available tier { code } nextTier { missingPoints } expiring { points } }
}`;
