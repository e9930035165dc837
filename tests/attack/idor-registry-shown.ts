/** How to ask for entities by their keys, and how fields that show something with an id are decided. */
import type { CallerName } from './idor-callers.ts';
import type { Ids } from './idor-world.ts';

/** An entity of a subgraph. */
export interface EntityProbe {
  readonly key: (ids: Ids) => object;
  /** The line of the policy table; null for what everybody sees. */
  readonly line: string | null;
  /** Besides whom the line names. */
  readonly owners?: readonly CallerName[];
  /** The key is all that the subgraph knows of it: the answer repeats it, and its fields are asked for themselves. */
  readonly isStub?: boolean;
  /** Who sees it, and what then stands in the answer. */
  readonly by: CallerName;
  readonly shows: string | ((ids: Ids) => string);
}

const byId = (name: string) => (ids: Ids) => ({ id: ids[name] });

/** By subgraph and type. */
export const ENTITY_PROBES: Readonly<Record<string, readonly EntityProbe[]>> = {
  'products:Channel': [{ key: () => ({ code: 'web' }), line: null, by: 'guest', shows: '"web"' }],
  'products:Product': [
    { key: byId('product'), line: null, by: 'guest', shows: (ids) => ids['product']! },
    { key: byId('secretProduct'), line: null, by: 'keeper', shows: 'Marksecret' },
  ],
  'products:ProductVariant': [
    { key: byId('variant'), line: null, by: 'guest', shows: (ids) => ids['variant']! },
    { key: byId('secretVariant'), line: null, by: 'keeper', shows: 'Marksecret' },
  ],
  'products:Collection': [{ key: byId('collection'), line: null, by: 'guest', shows: (ids) => ids['collection']! }],
  'products:Category': [{ key: byId('category'), line: null, by: 'guest', shows: (ids) => ids['innerCategory']! }],
  'prices:ProductVariant': [{ key: byId('variant'), line: null, isStub: true, by: 'guest', shows: '"price":{' }],
  'prices:Product': [
    {
      key: (ids) => ({ id: ids['product'], variants: [{ id: ids['variant'] }] }),
      ...{ line: null, isStub: true, by: 'guest', shows: 'base-eur' },
    },
  ],
  // Which list won is told with every price.
  'prices:PriceList': [{ key: byId('priceList'), line: null, by: 'guest', shows: '"code":' }],
  'stock:ProductVariant': [
    { key: byId('variant'), line: null, isStub: true, by: 'guest', shows: '"sellableQuantity":' },
  ],
  'stock:Location': [{ key: byId('store'), line: null, by: 'guest', shows: 'berlin-mitte' }],
  'orders:Customer': [
    { key: byId('victim'), line: 'Customer.orders', isStub: true, by: 'victim', shows: 'Markstreet' },
  ],
  'orders:Cart': [
    { key: byId('cart'), line: 'Cart', by: 'victim', shows: (ids) => ids['cart']! },
    { key: byId('cart'), line: 'Cart', by: 'staff', shows: (ids) => ids['cart']! },
    { key: byId('guestCart'), line: 'Cart', owners: [], by: 'staff', shows: (ids) => ids['guestCart']! },
  ],
  'orders:Order': [
    { key: byId('order'), line: 'Order', by: 'victim', shows: 'Markstreet' },
    { key: byId('guestOrder'), line: 'Order', owners: [], by: 'staff', shows: 'guest.mark' },
  ],
  'customers:Customer': [
    { key: byId('victim'), line: 'Customer', by: 'victim', shows: 'second.mark' },
    { key: byId('victim'), line: 'Customer', by: 'staff', shows: 'Marknote' },
  ],
  'customers:Company': [
    { key: byId('company'), line: 'Company', by: 'colleague', shows: 'Marksite' },
    { key: byId('company'), line: 'Company', by: 'staff', shows: 'spare.mark' },
  ],
};

/** Of the catalogue and of places: everybody sees them. */
export const FOR_EVERYBODY: readonly string[] = [
  ...['Product.variants', 'Product.media', 'Product.collections', 'ProductVariant.product', 'ProductVariant.image'].map(
    (field) => `products:${field}`,
  ),
  ...['VariantComponent.variant', 'ProductEdge.node', 'CollectionEdge.node'].map((field) => `products:${field}`),
  // Products that the caller's channel does not show are left out of each.
  ...[
    ...['Product.relations', 'Recommendation.product', 'ProductChange.product', 'SearchSuggestion.product'],
    ...['AttributeValue.reference', 'AttributeValue.references'],
    ...['Product.category', 'Product.categories', 'Category.parent', 'Category.ancestors', 'Category.children'],
    ...['CategoryEdge.node', 'CategoryMapping.category'],
    // Ids of others.
    ...['Product.externalReferences', 'ProductVariant.externalReferences'],
  ].map((field) => `products:${field}`),
  ...['Product.variants', 'VariantPrice.priceList', 'PriceCandidate.priceList', 'PriceDerivation.from'].map(
    (field) => `prices:${field}`,
  ),
  ...['VariantAvailability.variant', 'VariantAvailability.pickupLocations', 'PickupLocation.location'].map(
    (field) => `stock:${field}`,
  ),
  'stock:LocationEdge.node',
];

/** Only the key of something of another subgraph, which decides itself who sees it. */
export const KEYS_ALONE: readonly string[] = [
  ...[
    'CartLine.variant',
    'Order.customer',
    'OrderLine.variant',
    'FulfilmentOrder.location',
    'FulfilmentOrderLine.variant',
    'CartGift.variant',
  ].map((field) => `orders:${field}`),
  'prices:ListPrice.variant',
];

/**
 * Parts of what they stand in: whoever was given that may see them. Roots, entities and lists above them decide, and each is asked for
 * with all that is below it.
 */
export const PARTS: readonly string[] = [
  ...[
    ...['ProductUpdated.product', 'ProductCreated.product', 'ProductConflict.product', 'ProductRestored.product'],
    ...['ProductDraftSaved.product', 'ProductDraftDiscarded.product', 'VariantComponentsSaved.variant'],
    ...['CategorySaved.category', 'CollectionSaved.collection', 'SearchSynonymsSaved.synonyms'],
    'SearchSynonymEdge.node',
  ].map((field) => `products:${field}`),
  ...[
    ...['PriceListSaved.priceList', 'PricesChanged.priceList', 'PromotionEdge.node', 'PromotionSaved.promotion'],
    ...['PromotionCodesSaved.promotion', 'PromotionCodesGenerated.promotion'],
  ].map((field) => `prices:${field}`),
  ...[
    ...['StockLevel.variant', 'StockLevel.location', 'StockMovement.variant', 'StockMovement.location'],
    ...['StockMovementEdge.node', 'StockTransfer.from', 'StockTransfer.to', 'StockTransferLine.variant'],
    ...['StockTransferEdge.node', 'StockTransferDispatched.transfer', 'StockTransferReceived.transfer'],
    ...['StockException.variant', 'StockException.location', 'StockExceptionEdge.node'],
    ...['StockExceptionResolved.exception', 'AllocationPolicyEdge.node', 'AllocationPolicyVariantEdge.node'],
    ...['AllocationPolicySaved.policy', 'SafetyStock.location', 'SellingPolicy.variant'],
    ...['AvailabilityExplanation.variant', 'StockItemExplanation.variant', 'StockItemExplanation.policy'],
    ...['LocationExplanation.location', 'LocationSets.location'],
  ].map((field) => `stock:${field}`),
  ...[
    ...['Cart.lines', 'Cart.order', 'Order.lines', 'Order.payments', 'Order.fulfilmentOrders', 'OrderException.order'],
    ...['OrderEdge.node', 'OrderRerouted.order', 'CartPayload.cart', 'CartUpdated.cart', 'OrderPlaced.order'],
    ...['CartShipping.options', 'CartShipping.chosen', 'CartCodesUpdated.cart'],
  ].map((field) => `orders:${field}`),
  ...[
    // A profile that is shown to somebody who may not see all of it names no company.
    ...['Customer.company', 'Customer.companyLocation', 'Company.parent', 'CompanyLocation.company'],
    ...['SignedIn.customer', 'ProfileUpdated.customer', 'CustomerMatch.customer', 'AuditEntryEdge.node'],
    ...['PrivacyRequestAccepted.request', 'CustomerEdge.node', 'IdentityChanged.customer', 'IdentityChanged.identity'],
    ...['CustomerCreated.customer', 'CustomerUpdated.customer', 'AddressSaved.address', 'AddressSaved.customer'],
    ...['AddressRemoved.customer', 'PreferencesChanged.customer', 'ConsentRecorded.customer', 'CustomerNoteAdded.note'],
    ...['ApiKeyEdge.node', 'ApiKeyCreated.apiKey', 'ApiKeyRotated.apiKey', 'ApiKeyRevoked.apiKey', 'DeviceEdge.node'],
    ...['DeviceRegistered.device', 'DeviceRevoked.device', 'StaffMemberEdge.node', 'StaffMemberSet.staffMember'],
    ...['StaffPinSet.staffMember', 'StaffSignedIn.staff', 'CompanyEdge.node', 'CompanyLocationEdge.node'],
    ...['CompanyStatement.location', 'CompanyStatementEntryEdge.node', 'CompanyMember.location'],
    ...['CompanyMemberEdge.node', 'CompanyInvitation.location', 'CompanyInvitationEdge.node', 'ApprovalRule.versions'],
    ...['ApprovalRuleEdge.node', 'CompanySet.company', 'CompanyLocationSet.location', 'CompanyLocationChosen.location'],
    ...['CompanyMemberInvited.invitation', 'CompanyJoined.company', 'CompanyMemberChanged.member'],
    ...['ApprovalRuleSet.rule', 'CreditBooked.location', 'LoyaltyEntryEdge.node', 'LoyaltyAdjusted.customer'],
    ...['MergePreview.survivor', 'MergePreview.absorbed', 'CustomersMerged.customer', 'CustomersUnmerged.survivor'],
    ...['CustomersUnmerged.restored', 'DuplicateCustomers.customer', 'DuplicateCustomers.other'],
  ].map((field) => `customers:${field}`),
];

/** A way to an object of a type for somebody who sees that it is there and is not meant to see all of it. */
export interface Way {
  readonly name: string;
  readonly subgraph: 'products' | 'prices' | 'orders' | 'customers';
  readonly type: string;
  /** A customer of the world, or the scopes of a member of staff. */
  readonly as: CallerName | readonly string[];
  /** @param fields what is asked of each object. */
  readonly query: (fields: string) => string;
  readonly variables: (ids: Ids) => object;
}

/** What the catalogue keeps for its editors stands in objects that everybody sees. */
const IN_THE_CATALOGUE: readonly Way[] = (
  [
    ['a shopper', 'other'],
    ['a key that reads the catalogue', 'marketplace'],
    ['staff who may do anything but edit it', ['prices:read', 'stock:read', 'customers:read', 'orders:read']],
  ] as const
).flatMap(([who, as]) => {
  const way = (type: string, query: Way['query'], variables: Way['variables'] = () => ({})): Way => ({
    ...{ name: `a ${type} as ${who} sees it`, subgraph: 'products', type, as, query, variables },
  });
  return [
    way('Product', (fields) => `query ($id: ID!) { found: product(id: $id) { ${fields} } }`, byId('product')),
    way('Collection', (fields) => `{ found: collectionByHandle(handle: "idor-rule") { ${fields} } }`),
    way('Taxonomy', (fields) => `{ taxonomies { code } found: taxonomy(code: "idor-market") { ${fields} } }`),
    way(
      'CategoryMapping',
      (fields) => `{ taxonomy(code: "idor-market") { mappings { edges { found: node { ${fields} } } } } }`,
    ),
    way('Channel', (fields) => `{ channels { code } found: channel { ${fields} } }`),
  ];
});

/** Which list won is told with every price; what it holds, and what it derives from, is for those who read lists. */
const IN_PRICES: readonly Way[] = (
  [
    ['a shopper', 'other'],
    ['staff who may read anything but lists', ['stock:read', 'customers:read', 'orders:read']],
  ] as const
).flatMap(([who, as]): Way[] => [
  {
    ...{ name: `a price list as ${who} sees it`, subgraph: 'prices', type: 'PriceList', as },
    query: (fields) =>
      `query ($of: [_Any!]!) { found: _entities(representations: $of) { ... on PriceList { ${fields} } } }`,
    variables: (ids) => ({ of: [{ __typename: 'PriceList', id: ids['priceList'] }] }),
  },
  {
    ...{ name: `a variant in prices as ${who} sees it`, subgraph: 'prices', type: 'ProductVariant', as },
    query: (fields) =>
      `query ($of: [_Any!]!) { found: _entities(representations: $of) { ... on ProductVariant { ${fields} } } }`,
    variables: (ids) => ({ of: [{ __typename: 'ProductVariant', id: ids['variant'] }] }),
  },
]);

export const WAYS: readonly Way[] = [
  ...IN_THE_CATALOGUE,
  ...IN_PRICES,
  {
    name: 'what a register finds',
    subgraph: 'customers',
    type: 'Customer',
    as: ['customers:lookup'],
    query: (fields) => `query { customerSearch(query: "Markgiven Markfamily") { found: customer { ${fields} } } }`,
    variables: () => ({}),
  },
  {
    name: 'what a merge would do',
    subgraph: 'customers',
    type: 'Customer',
    as: ['customers:merge'],
    query: (fields) =>
      `query ($a: ID!, $b: ID!) { customerMergePreview(survivorId: $a, absorbedId: $b) { found: survivor { ${fields} } } }`,
    variables: (ids) => ({ a: ids['victim'], b: ids['twin1.mark'] }),
  },
  {
    name: 'profiles that are likely one person',
    subgraph: 'customers',
    type: 'Customer',
    as: ['customers:merge'],
    query: (fields) =>
      `query { duplicateCustomers(first: 50) { edges { node { found: customer { ${fields} } other { found: id } } } } }`,
    variables: () => ({}),
  },
  {
    name: 'a customer as orders knows one',
    subgraph: 'orders',
    type: 'Customer',
    as: 'other',
    query: (fields) =>
      `query ($of: [_Any!]!) { found: _entities(representations: $of) { ... on Customer { ${fields} } } }`,
    variables: (ids) => ({ of: [{ __typename: 'Customer', id: ids['victim'] }] }),
  },
  {
    name: 'one’s own order',
    subgraph: 'orders',
    type: 'Order',
    as: 'victim',
    query: (fields) => `query ($id: ID!) { found: order(id: $id) { ${fields} } }`,
    variables: (ids) => ({ id: ids['order'] }),
  },
  {
    name: 'a company as staff see it who see all profiles',
    subgraph: 'customers',
    type: 'Company',
    as: ['customers:read'],
    query: (fields) => `query ($id: ID!) { found: company(id: $id) { ${fields} } }`,
    variables: (ids) => ({ id: ids['company'] }),
  },
  {
    name: 'a company as its buyers see it',
    subgraph: 'customers',
    type: 'Company',
    as: 'colleague',
    query: (fields) => `query ($id: ID!) { found: company(id: $id) { ${fields} } }`,
    variables: (ids) => ({ id: ids['company'] }),
  },
  {
    name: 'members of a company as its buyers see them',
    subgraph: 'customers',
    type: 'CompanyMember',
    as: 'colleague',
    query: (fields) => `query ($id: ID!) { company(id: $id) { members { edges { found: node { ${fields} } } } } }`,
    variables: (ids) => ({ id: ids['company'] }),
  },
  {
    name: 'where somebody buys for as staff see it who see all profiles',
    subgraph: 'customers',
    type: 'CompanyLocation',
    as: ['customers:read'],
    query: (fields) => `query ($id: ID!) { customer(id: $id) { found: companyLocation { ${fields} } } }`,
    variables: (ids) => ({ id: ids['victim'] }),
  },
  {
    name: 'points as a register sees them',
    subgraph: 'customers',
    type: 'LoyaltyAccount',
    as: ['customers:lookup'],
    query: (fields) =>
      `query { customerSearch(query: "Markgiven Markfamily") { customer { found: loyalty { balance ${fields} } } } }`,
    variables: () => ({}),
  },
];
