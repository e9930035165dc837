import { defaultFieldResolver, isObjectType, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import { requestFault } from '../errors.ts';
import type { Caller, Role } from './caller.ts';

/** What the roles may do without further grants. Integrations and staff get more by the scopes of their credential. */
export const ROLE_SCOPES: Readonly<Record<Role, readonly string[]>> = {
  guest: ['catalogue:read', 'carts:write', 'checkout', 'sign-in', 'session-refresh'],
  customer: ['catalogue:read', 'carts:write', 'checkout', 'sign-in', 'session-refresh', 'profile', 'company'],
  device: ['session-refresh', 'staff-sign-in'],
  staff: ['catalogue:read', 'carts:write', 'checkout', 'session-refresh', 'staff-session'],
  integration: ['catalogue:read'],
  edge: ['edge'],
  service: ['*'],
};

/** What the service of a channel may ask of internal graphs in its own name: who comes in, and what it shows live. Nothing else needs it. */
const EDGE_FIELDS: ReadonlySet<string> = new Set([
  'Query.authenticate',
  'Query.credentialRefusal',
  'Query.signingKeys',
  'Query.revocations',
  'Query.channelAvailability',
  'Subscription.availabilityFeed',
]);

/** The scope of a field of an internal graph: root fields are for services, of which those of channels may ask the few that they need. */
export function internalScopeOf(coordinate: string): string | undefined {
  if (!/^(Query|Mutation|Subscription)\./.test(coordinate)) return undefined;
  return EDGE_FIELDS.has(coordinate) ? 'edge' : 'internal';
}

/**
 * Whose the things must be that a field tells or changes.
 * - `self`: the customer's own; of staff, the person's own.
 * - `company`: of the company that the customer is a member of now, whatever the token says.
 * - `company-admin`: of the company that the customer administers now, and to be read of those below it.
 * - `location`: of the location that the caller is bound to, and of the channel of its credential; callers who are bound to none have all.
 * - `holder`: of whoever shows the secret that was made for it, or is the customer whose it is.
 * - `nobody`: nobody's own: the scope in `beyond` alone opens it.
 */
export type Owner = 'self' | 'company' | 'company-admin' | 'location' | 'holder' | 'nobody';

/** A line for what belongs to somebody. Somebody else's looks as if there was none. */
export interface OwnedLine {
  /** Asked before the resolver, by the router, the BFFs and the owner; absent where whoever has the object may ask. */
  readonly scope?: string;
  readonly of: Owner;
  /** The scopes of which each opens what is not the caller's own; absent when nothing does. */
  readonly beyond?: string | readonly string[];
}

/** Who sees that there is a company, and who sees all of it, among staff. */
const COMPANY_READERS = ['companies:read', 'companies:write', 'credit:write'] as const;
const OWN_PROFILE = { of: 'self', beyond: 'customers:read' } as const;
const OF_COMPANY = { of: 'company', beyond: COMPANY_READERS } as const;
const OF_COMPANY_ADMIN = { of: 'company-admin', beyond: COMPANY_READERS } as const;
const COMPANY_CHANGE = { scope: 'catalogue:read', of: 'company-admin', beyond: 'companies:write' } as const;
const STOCK_CHANGE = { scope: 'stock:write', of: 'location', beyond: 'stock:any-location' } as const;
const OWN_CART = { scope: 'carts:write', of: 'holder' } as const;
const OWN_ORDER = { ...OWN_CART, beyond: 'orders:read' } as const;
const OWN_THINGS = { scope: 'profile', of: 'self' } as const;
const OWN_DATA = { scope: 'catalogue:read', of: 'self', beyond: 'privacy:write' } as const;
const MAILED_TOKEN = { scope: 'sign-in', of: 'holder' } as const;
const OWN_KEYS = { scope: 'keys:write', of: 'location' } as const;
const OWN_DEVICES = { scope: 'devices:write', of: 'location' } as const;

/**
 * The one table of who may see and do what in the public graph. A line is a field or, for entities, a type; it names the scope, and whose
 * the thing must be where it is somebody's. A root field that does not stand here stops the service from starting; a type or a field
 * without a scope of its own is decided by its resolver, and stands here to be read and to be tested. docs/policy.md is printed from it.
 */
export const POLICY: Readonly<Record<string, string | OwnedLine>> = {
  'Query.channel': 'catalogue:read',
  'Query.channels': 'catalogue:read',
  'Query.product': 'catalogue:read',
  'Query.productByHandle': 'catalogue:read',
  'Query.variant': 'catalogue:read',
  'Query.variants': 'catalogue:read',
  'Query.variantsBySku': 'catalogue:read',
  'Query.variantsByBarcode': 'catalogue:read',
  'Query.productSearch': 'catalogue:read',
  'Query.searchSuggestions': 'catalogue:read',
  'Query.searchSynonyms': 'catalogue:write',
  'Query.collectionByHandle': 'catalogue:read',
  'Query.collections': 'catalogue:read',
  'Query.productListing': 'catalogue:read',
  'Query.products': 'catalogue:read',
  'Query.productByReference': 'catalogue:read',
  'Query.variantByReference': 'catalogue:read',
  'Query.productChanges': 'catalogue:read',
  'Subscription.productChanged': 'catalogue:read',
  'Collection.rule': 'catalogue:write',
  'Query.productTypes': 'catalogue:read',
  'Query.productTypeByName': 'catalogue:read',
  'Query.category': 'catalogue:read',
  'Query.categoryByHandle': 'catalogue:read',
  'Query.categories': 'catalogue:read',
  'Query.taxonomies': 'catalogue:read',
  'Query.taxonomy': 'catalogue:read',
  'Taxonomy.unmapped': 'catalogue:write',
  'CategoryMapping.changedBy': 'catalogue:write',
  'Mutation.productCreate': 'catalogue:write',
  'Mutation.productUpdate': 'catalogue:write',
  'Mutation.productsUpsert': 'catalogue:write',
  'Product.translations': 'catalogue:write',
  'Mutation.variantComponentsSet': 'catalogue:write',
  'Mutation.productPublicationSet': 'catalogue:write',
  'Mutation.productTypeSet': 'catalogue:write',
  'Mutation.searchSynonymsSet': 'catalogue:write',
  'Mutation.searchSynonymsRemove': 'catalogue:write',
  'Mutation.categorySet': 'catalogue:write',
  'Mutation.categoryMove': 'catalogue:write',
  'Mutation.categoryRemove': 'catalogue:write',
  'Mutation.taxonomySet': 'catalogue:write',
  'Mutation.categoryMappingsSet': 'catalogue:write',
  'Product.publications': 'catalogue:write',
  'Product.revisions': 'catalogue:write',
  'Product.draft': 'catalogue:write',
  'Mutation.productRestore': 'catalogue:write',
  'Mutation.productDraftSet': 'catalogue:write',
  'Mutation.productDraftPublish': 'catalogue:write',
  'Mutation.productDraftDiscard': 'catalogue:write',
  'Channel.locationIds': 'channels:write',
  'Mutation.collectionSet': 'catalogue:write',
  'Mutation.collectionRemove': 'catalogue:write',
  'Mutation.channelSet': 'channels:write',

  'Query.priceChanges': 'catalogue:read',
  'Subscription.priceChanged': 'catalogue:read',
  'Query.explainPrice': 'prices:read',
  'Query.simulatePrice': 'prices:read',
  'ProductVariant.priceHistory': 'prices:read',
  'Query.priceLists': 'prices:read',
  'Query.priceList': 'prices:read',
  'Mutation.priceListSet': 'prices:write',
  'Mutation.pricesSet': 'prices:write',
  'Mutation.priceListActivate': 'prices:write',
  'Mutation.priceListArchive': 'prices:write',
  'Mutation.feeScheduleSet': 'prices:write',
  'Query.feeSchedules': 'prices:read',
  'Query.promotions': 'prices:read',
  'Query.promotion': 'prices:read',
  'Mutation.promotionSet': 'prices:write',
  'Mutation.promotionActivate': 'prices:write',
  'Mutation.promotionArchive': 'prices:write',
  'Mutation.promotionCodesSet': 'prices:write',
  'Mutation.promotionCodesGenerate': 'prices:write',
  'Mutation.promotionCodesDisable': 'prices:write',
  'PriceList.prices': 'prices:read',
  'PriceList.derivation': 'prices:read',
  'Query.taxRates': 'prices:read',
  'Query.taxSettings': 'prices:read',
  'Query.shippingOptions': 'prices:read',
  'Query.shippingOption': 'prices:read',
  'Mutation.taxRatesSet': 'prices:write',
  'Mutation.taxSettingsSet': 'prices:write',
  'Mutation.shippingOptionSet': 'prices:write',
  'Mutation.shippingOptionRemove': 'prices:write',

  'Query.locations': 'catalogue:read',
  'Query.location': 'catalogue:read',
  'Query.availability': 'catalogue:read',
  'Query.pickupLocations': 'catalogue:read',
  'Query.availabilityChanges': 'catalogue:read',
  'Query.stockLevels': 'stock:read',
  'Query.stockLedger': 'stock:read',
  'Query.verifyStock': 'stock:read',
  'Query.stockAt': 'stock:read',
  'Mutation.stockReceive': STOCK_CHANGE,
  'Mutation.stockCount': STOCK_CHANGE,
  'Query.stockTransfer': 'stock:read',
  'Query.stockTransfers': 'stock:read',
  'Query.stockExceptions': 'stock:read',
  'Mutation.stockAdjust': STOCK_CHANGE,
  'Mutation.stockReturn': STOCK_CHANGE,
  'Mutation.stockDamage': STOCK_CHANGE,
  'Mutation.stockInspect': STOCK_CHANGE,
  'Mutation.stockSafetySet': STOCK_CHANGE,
  'Mutation.stockWriteOff': STOCK_CHANGE,
  'Mutation.stockApply': STOCK_CHANGE,
  'Mutation.stockTransferDispatch': STOCK_CHANGE,
  'Mutation.stockTransferReceive': STOCK_CHANGE,
  'Mutation.stockExceptionResolve': STOCK_CHANGE,
  'Query.allocationPolicies': 'stock:read',
  'Query.allocationPolicy': 'stock:read',
  'Query.channelSafetyStocks': 'stock:read',
  'Query.sellingPolicy': 'stock:read',
  'Query.explainAvailability': 'stock:read',
  'Query.simulateAllocation': 'stock:read',
  'Mutation.allocationPolicySet': 'stock:policy',
  'Mutation.allocationPolicyActivate': 'stock:policy',
  'Mutation.allocationPolicyRetire': 'stock:policy',
  'Mutation.channelSafetyStockSet': { ...STOCK_CHANGE, scope: 'stock:policy' },
  'Mutation.sellingPolicySet': 'stock:policy',
  'Subscription.availabilityChanged': 'catalogue:read',

  'Query.cart': OWN_ORDER,
  'Query.order': OWN_ORDER,
  'Mutation.cartCreate': 'carts:write',
  'Mutation.cartLinesSet': OWN_CART,
  'Mutation.cartAddressSet': OWN_CART,
  'Mutation.cartCodesSet': OWN_CART,
  'Mutation.cartShippingSet': OWN_CART,
  'Mutation.cartMerge': { scope: 'profile', of: 'holder' },
  'Mutation.checkout': { scope: 'checkout', of: 'holder' },
  'Query.orderExceptions': 'orders:read',
  'Mutation.orderReroute': 'orders:write',
  'Customer.orders': { scope: 'catalogue:read', of: 'self', beyond: 'orders:read' },
  'Customer.cart': { scope: 'catalogue:read', of: 'self' },
  Cart: { of: 'self', beyond: 'orders:read' },
  Order: { of: 'self', beyond: 'orders:read' },
  'Order.exception': { of: 'nobody', beyond: 'orders:read' },

  'Query.loyaltyRules': 'catalogue:read',
  'Mutation.loyaltyRulesSet': 'loyalty:write',
  'Mutation.loyaltyAdjust': 'loyalty:write',

  'Query.me': { scope: 'catalogue:read', of: 'self' },
  'Query.customer': { scope: 'catalogue:read', of: 'self', beyond: 'customers:read' },
  'Query.customerByEmail': 'customers:read',
  'Query.customerSearch': 'customers:lookup',
  'Query.customerMergePreview': 'customers:merge',
  'Query.duplicateCustomers': 'customers:merge',
  'Mutation.customerMerge': 'customers:merge',
  'Mutation.customerUnmerge': 'customers:merge',
  'Customer.formerIds': 'customers:read',
  Customer: OWN_PROFILE,
  'Customer.sessions': OWN_PROFILE,
  'Customer.identities': OWN_PROFILE,
  'Customer.addresses': OWN_PROFILE,
  'Customer.preferences': OWN_PROFILE,
  'Customer.consents': OWN_PROFILE,
  'Customer.consentHistory': OWN_PROFILE,
  'Customer.groups': OWN_PROFILE,
  'Customer.segments': OWN_PROFILE,
  // Balance and tier are for registers, too.
  'Customer.loyalty': { of: 'self', beyond: ['loyalty:read', 'customers:lookup'] },
  'LoyaltyAccount.entries': { of: 'self', beyond: 'loyalty:read' },
  'Mutation.profileUpdate': OWN_THINGS,
  'Query.customerByIdentity': 'customers:read',
  'Query.customers': 'customers:read',
  'Query.customerGroups': 'customers:read',
  'Query.customerSegments': 'customers:read',
  'Query.segmentPreview': 'customers:read',
  'Customer.statistics': 'customers:read',
  'Customer.notes': 'customers:read',
  'Mutation.identityAdd': OWN_THINGS,
  'Mutation.identityVerify': { scope: 'profile', of: 'holder' },
  'Mutation.identityRemove': OWN_THINGS,
  'Mutation.identityPrimarySet': OWN_THINGS,
  'Mutation.addressAdd': OWN_THINGS,
  'Mutation.addressUpdate': OWN_THINGS,
  'Mutation.addressRemove': OWN_THINGS,
  'Mutation.addressDefaultSet': OWN_THINGS,
  'Mutation.preferencesSet': OWN_THINGS,
  'Mutation.consentSet': OWN_THINGS,
  // For registers: it says nothing of anybody but who was just typed in.
  'Mutation.customerCreate': 'customers:lookup',
  'Mutation.customerUpdate': 'customers:write',
  'Mutation.customerIdentitySet': 'customers:write',
  'Mutation.customerIdentityRemove': 'customers:write',
  'Mutation.customerConsentSet': 'customers:write',
  'Mutation.customerNoteAdd': 'customers:write',
  'Mutation.customerGroupSet': 'customers:write',
  'Mutation.customerGroupMembersSet': 'customers:write',
  'Mutation.segmentSet': 'customers:write',
  'Query.auditLog': 'audit:read',
  'Query.auditVerify': 'audit:read',
  'Query.privacyRequest': OWN_DATA,
  'Mutation.privacyExport': OWN_DATA,
  'Mutation.privacyErase': OWN_DATA,
  'Query.company': { scope: 'catalogue:read', of: 'company', beyond: [...COMPANY_READERS, 'customers:read'] },
  Company: { of: 'company', beyond: [...COMPANY_READERS, 'customers:read'] },
  'Company.children': OF_COMPANY_ADMIN,
  'Company.locations': OF_COMPANY,
  'Company.members': OF_COMPANY,
  'Company.invitations': OF_COMPANY_ADMIN,
  'Company.approvalRules': OF_COMPANY,
  'CompanyLocation.credit': OF_COMPANY,
  'CompanyMember.email': OF_COMPANY_ADMIN,
  'Query.companies': 'companies:read',
  'Query.companyStatement': { scope: 'catalogue:read', ...OF_COMPANY },
  'Mutation.companySet': 'companies:write',
  'Mutation.companyLocationSet': 'companies:write',
  'Mutation.companyLocationChoose': { scope: 'company', of: 'company' },
  'Mutation.companyMemberInvite': COMPANY_CHANGE,
  'Mutation.companyInvitationRevoke': COMPANY_CHANGE,
  'Mutation.companyInvitationAccept': { scope: 'company', of: 'holder' },
  'Mutation.companyMemberRoleSet': COMPANY_CHANGE,
  'Mutation.companyMemberRemove': COMPANY_CHANGE,
  'Mutation.companyLeave': { scope: 'company', of: 'self' },
  'Mutation.approvalRuleSet': COMPANY_CHANGE,
  'Mutation.approvalRuleActivate': COMPANY_CHANGE,
  'Mutation.approvalRuleDeactivate': COMPANY_CHANGE,
  'Mutation.creditPaymentRecord': 'credit:write',
  'Mutation.creditAdjust': 'credit:write',
  // Not for staff and machines, who come with keys.
  'Mutation.signUp': 'sign-in',
  'Mutation.signIn': 'sign-in',
  'Mutation.signOut': OWN_THINGS,
  'Mutation.signOutEverywhere': OWN_THINGS,
  'Mutation.sessionEnd': OWN_THINGS,
  // Whoever exchanges a token may have no other credential that is still good.
  'Mutation.sessionRefresh': { scope: 'session-refresh', of: 'holder' },
  'Mutation.emailVerify': MAILED_TOKEN,
  'Mutation.emailVerificationRequest': OWN_THINGS,
  'Mutation.passwordResetRequest': 'sign-in',
  'Mutation.passwordReset': MAILED_TOKEN,
  'Mutation.passwordChange': OWN_THINGS,
  'Mutation.signInExternal': 'sign-in',

  'Query.apiKeys': { scope: 'keys:read', of: 'location' },
  'Query.apiKey': { scope: 'keys:read', of: 'location' },
  'Mutation.apiKeyCreate': OWN_KEYS,
  'Mutation.apiKeyRotate': OWN_KEYS,
  'Mutation.apiKeyRevoke': OWN_KEYS,
  'Query.devices': OWN_DEVICES,
  'Mutation.deviceRegister': OWN_DEVICES,
  'Mutation.deviceRevoke': OWN_DEVICES,
  'Query.staffMembers': 'staff:write',
  'Query.staff': 'staff-session',
  'Mutation.staffMemberSet': 'staff:write',
  // One's own with the PIN until now.
  'Mutation.staffPinSet': { scope: 'staff-session', of: 'self', beyond: 'staff:write' },
  'Mutation.staffSignIn': 'staff-sign-in',
  'Mutation.staffSignOut': 'staff-session',

  // Pages and verbs of the channels. What they ask of the shared graph is decided there once more.
  'Query.productPage': 'catalogue:read',
  'Query.collectionPage': 'catalogue:read',
  'Query.categoryPage': 'catalogue:read',
  'Query.categoryTree': 'catalogue:read',
  'Query.searchPage': 'catalogue:read',
  'Query.sitemap': 'catalogue:read',
  'Query.account': 'catalogue:read',
  'Query.orders': 'catalogue:read',
  'Query.loyaltyCard': 'catalogue:read',
  'Query.productScreen': 'catalogue:read',
  'Query.catalogueChanges': 'catalogue:read',
  'Query.byBarcode': 'catalogue:read',
  'Query.lookup': 'catalogue:read',
  'Query.customerLookup': 'customers:lookup',
  'Query.customerByCard': 'customers:lookup',
  'Query.catalogPage': 'catalogue:read',
  'Query.dashboard': 'catalogue:read',
  'Query.team': 'catalogue:read',
  'Query.childCompanies': 'catalogue:read',
  'Query.statement': 'catalogue:read',
  'Query.feed': 'catalogue:read',
  'Query.mappings': 'catalogue:read',
  'Query.mappedCategories': 'catalogue:read',
  'Query.unmappedCategories': 'catalogue:write',
  'Mutation.mappingsSet': 'catalogue:write',
};

/** A line of the table, in its long form; empty where nobody decided. */
export function lineOf(coordinate: string): Partial<OwnedLine> {
  const line = Object.hasOwn(POLICY, coordinate) ? POLICY[coordinate] : undefined;
  return typeof line === 'string' ? { scope: line } : (line ?? {});
}

/** The scope that a field of the public graph needs before its resolver is asked; undefined where nobody decided, or the resolver does. */
export const scopeOf = (coordinate: string): string | undefined => lineOf(coordinate).scope;

/** The scopes that open what is not the caller's own; none for lines without an owner. */
export const beyondOf = (coordinate: string): readonly string[] => [lineOf(coordinate).beyond ?? []].flat();

/** The fields of the public graph that need a scope, with it: what composition writes into the supergraph. */
export const SCOPES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.keys(POLICY).flatMap((coordinate) => {
    const scope = scopeOf(coordinate);
    return scope === undefined ? [] : [[coordinate, scope]];
  }),
);

/** Every scope that some line names, each once, in order. */
export const NAMED_SCOPES: readonly string[] = [
  ...new Set(Object.keys(POLICY).flatMap((coordinate) => [scopeOf(coordinate) ?? [], ...beyondOf(coordinate)].flat())),
].sort();

/** Whether the caller has a scope, by role or by grant. */
export function hasScope(caller: Caller, scope: string): boolean {
  const given = ROLE_SCOPES[caller.role];
  return given.includes('*') || given.includes(scope) || caller.scopes.includes(scope);
}

/** @throws GraphQLError FORBIDDEN when the caller lacks the scope. */
export function requireScope(caller: Caller, scope: string): void {
  if (!hasScope(caller, scope))
    throw requestFault('FORBIDDEN', `This needs the scope "${scope}", which the caller does not have.`, { scope });
}

/** Whether the caller sees other people's data: staff and machines with an explicit scope. */
export const actsFor = (caller: Caller, customerId: string | null, scope: string): boolean =>
  (customerId !== null && caller.customerId === customerId) || hasScope(caller, scope);

/** Whether a scope opens to the caller what is not the caller's own, by a line of the table. */
export const actsBeyond = (caller: Caller, coordinate: string): boolean =>
  beyondOf(coordinate).some((scope) => hasScope(caller, scope));

/** Whether something is the customer's own, or a scope opens it, by a line of the table whose owner is `self`. */
export const actsOn = (caller: Caller, customerId: string | null, coordinate: string): boolean =>
  (customerId !== null && caller.customerId === customerId) || actsBeyond(caller, coordinate);

/** Whether the caller may change what lies at a location, by a line of the table whose owner is `location`. */
export const actsAt = (caller: Caller, locationId: string, coordinate: string): boolean =>
  caller.locationId === undefined || caller.locationId === locationId.toLowerCase() || actsBeyond(caller, coordinate);

interface WithCaller {
  readonly caller: Caller;
}

/**
 * Wraps the root fields (and every other field named in the table) of a schema so that the table is asked before the resolver.
 * @param scopeOf the scope that a coordinate needs; undefined when nobody decided.
 * @throws Error when a root field is not decided: no field is open by omission.
 */
export function enforcePolicy(
  schema: GraphQLSchema,
  scopeOf: (coordinate: string) => string | undefined,
): GraphQLSchema {
  const roots = new Set<unknown>([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
  const guarded =
    (scope: string, inner: GraphQLFieldResolver<unknown, WithCaller>): GraphQLFieldResolver<unknown, WithCaller> =>
    (source, args, ctx, info) => {
      requireScope(ctx.caller, scope);
      return inner(source, args, ctx, info);
    };
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.name === '_entities' || field.name === '_service') continue;
      const coordinate = `${type.name}.${field.name}`;
      const scope = scopeOf(coordinate);
      if (scope === undefined) {
        if (roots.has(type))
          throw new Error(
            `${coordinate} has no entry in the policy table: decide who may call it (packages/kit/src/auth/policy.ts).`,
          );
        continue;
      }
      field.resolve = guarded(scope, field.resolve ?? defaultFieldResolver);
      if (field.subscribe) field.subscribe = guarded(scope, field.subscribe);
    }
  }
  return schema;
}
