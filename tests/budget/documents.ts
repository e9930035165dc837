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

const RELATED = `handle title vendor image { url } variants { ${VARIANT} }`;
const ATTRIBUTES = 'attributes { code label kind text value unit products { handle title } }';

export const PRODUCT_DETAILS = `query ProductDetails($handle: String!, $locale: String) {
  productPage(handle: $handle, locale: $locale) {
    title descriptionHtml media { url altText role } options { name values } collections { handle title } seo { title } jsonLd cacheTags
    ${ATTRIBUTES} breadcrumbs { name canonicalPath } variants { ${VARIANT} selectedOptions { name value } ${ATTRIBUTES} }
    accessories { ${RELATED} } crossSells { ${RELATED} } successor { ${RELATED} }
  }
}`;

export const RECOMMENDATIONS = `query Recommendations($handle: String!, $locale: String) {
  productPage(handle: $handle, locale: $locale) { title recommendations { reason product { ${RELATED} } } }
}`;

export const COLLECTION_PAGE = `query CollectionPage($handle: String!, $first: Int!) {
  collectionPage(handle: $handle, first: $first) { title canonicalPath cacheTags products { ${CARDS} } }
}`;

export const SEARCH_PAGE = `query SearchPage($query: String!, $first: Int!) {
  searchPage(query: $query, first: $first) { cacheTags products { totalCount facets { facet value count } ${CARDS} } }
}`;

const EVERYTHING = `totalCount facets { facet attribute value label count isApproximate } priceRange { currency minMinor maxMinor }
  freshness { asOf pricesExact countsExact }`;

export const NARROWED_SEARCH = `query NarrowedSearch($query: String!, $first: Int!, $filters: [FacetFilter!], $sort: ProductSort, $locale: String) {
  searchPage(query: $query, first: $first, filters: $filters, sort: $sort, locale: $locale) { cacheTags products { ${EVERYTHING} ${CARDS} } }
}`;

export const CATEGORY_PAGE = `query CategoryPage($handle: String!, $first: Int!, $locale: String) {
  categoryPage(handle: $handle, first: $first, locale: $locale) {
    category { name canonicalPath } ancestors { name } children { name } cacheTags products { ${EVERYTHING} ${CARDS} }
  }
}`;

export const CATEGORY_TREE = `query CategoryTree($first: Int!) {
  categoryTree(first: $first) { handle name canonicalPath children { handle name } }
}`;

export const SEARCH_SUGGESTIONS = `query SearchSuggestions($query: String!, $first: Int!) {
  searchSuggestions(query: $query, first: $first) { text product { handle } }
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

const PHONE_CARD = 'id title vendor image { url altText } lowestPrice { gross { minorUnits currency } } isInStock';

export const MOBILE_FEED = `query MobileFeed($first: Int!, $locale: String) {
  feed(first: $first, locale: $locale) {
    edges { node { ${PHONE_CARD} } } pageInfo { hasNextPage endCursor } totalCount facets { facet attribute value label count isApproximate }
    priceRange { currency minMinor maxMinor } freshness { asOf pricesExact countsExact }
  }
}`;

export const MOBILE_SCREEN = `query MobileScreen($id: ID!, $locale: String) {
  productScreen(id: $id, locale: $locale) {
    title vendor images { url } variants { id title ${PRICE} ${AVAILABILITY} } attributes { code label text }
    recommendations { reason product { ${PHONE_CARD} } }
  }
}`;

export const CATALOGUE_CHANGES = `query CatalogueChanges($first: Int!, $locale: String) {
  catalogueChanges(first: $first, locale: $locale) {
    changes {
      productId isRemoved
      product { handle title vendor productType descriptionHtml categoryIds images { url altText } variants { id title sku barcode } }
    }
    endCursor hasMore
  }
}`;

export const LOOKUP = `query Lookup($code: String!) {
  lookup(code: $code) { id productTitle title matchedBy sku barcode ${PRICE} ${AVAILABILITY} }
}`;

export const CATALOG_PAGE = `query CatalogPage($first: Int!) {
  catalogPage(first: $first) { products { edges { node { handle title vendor variants { ${VARIANT} } } } pageInfo { hasNextPage endCursor } } }
}`;

export const NARROWED_CATALOG = `query NarrowedCatalog($first: Int!, $filters: [FacetFilter!], $locale: String) {
  catalogPage(first: $first, filters: $filters, sort: PRICE_ASC, locale: $locale) {
    products { ${EVERYTHING} edges { node { handle title vendor variants { ${VARIANT} } } } pageInfo { hasNextPage endCursor } }
  }
}`;

export const FEED = `query Feed($first: Int!) {
  feed(first: $first) {
    items { id itemGroupId title description link brand gtin image { url } ${PRICE} ${AVAILABILITY} }
    pageInfo { hasNextPage endCursor }
  }
}`;

export const MAPPED_FEED = `query MappedFeed($first: Int!) {
  feed(first: $first, taxonomy: "budget") {
    items {
      id itemGroupId title description image { url } ${PRICE} ${AVAILABILITY}
      mpn condition googleProductCategory gender ageGroup taxonomyCategory { targetId isInherited }
    }
  }
}`;

export const MAPPINGS = `{
  mappings(taxonomy: "budget") { taxonomy { revision } mappings { category { name } target { targetId } } pageInfo { endCursor } }
}`;

export const MAPPED_CATEGORIES = `query MappedCategories($first: Int!) {
  mappedCategories(taxonomy: "budget", first: $first) {
    taxonomy { revision } categories { category { name } target { targetId isInherited } } pageInfo { endCursor }
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
