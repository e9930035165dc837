import { defaultFieldResolver, isObjectType, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import { requestFault } from '../errors.ts';
import type { Caller, Role } from './caller.ts';

/** What the roles may do without further grants. Integrations and staff get more by the scopes of their credential. */
export const ROLE_SCOPES: Readonly<Record<Role, readonly string[]>> = {
  guest: ['catalogue:read', 'carts:write', 'checkout', 'sign-in'],
  customer: ['catalogue:read', 'carts:write', 'checkout', 'sign-in', 'profile'],
  staff: ['catalogue:read', 'carts:write', 'checkout'],
  integration: ['catalogue:read'],
  service: ['*'],
};

/**
 * The one table of who may call what: field coordinate of the public graph → scope.
 * A root field that does not stand here stops the service from starting.
 */
export const POLICY: Readonly<Record<string, string>> = {
  'Query.channel': 'catalogue:read',
  'Query.channels': 'catalogue:read',
  'Query.product': 'catalogue:read',
  'Query.productByHandle': 'catalogue:read',
  'Query.variant': 'catalogue:read',
  'Query.variants': 'catalogue:read',
  'Query.variantsBySku': 'catalogue:read',
  'Query.variantsByBarcode': 'catalogue:read',
  'Query.productSearch': 'catalogue:read',
  'Query.collectionByHandle': 'catalogue:read',
  'Query.collections': 'catalogue:read',
  'Query.productListing': 'catalogue:read',
  'Mutation.productUpdate': 'catalogue:write',
  'Mutation.variantComponentsSet': 'catalogue:write',
  'Mutation.productPublicationSet': 'catalogue:write',
  'Mutation.channelSet': 'channels:write',

  'Query.priceLists': 'prices:read',
  'Query.priceList': 'prices:read',
  'Mutation.priceListSet': 'prices:write',
  'Mutation.pricesSet': 'prices:write',

  'Query.locations': 'catalogue:read',
  'Query.location': 'catalogue:read',
  'Query.availability': 'catalogue:read',
  'Query.pickupLocations': 'catalogue:read',
  'Query.availabilityChanges': 'catalogue:read',
  'Query.stockLevels': 'stock:read',
  'Query.stockLedger': 'stock:read',
  'Query.verifyStock': 'stock:read',
  'Query.stockAt': 'stock:read',
  'Mutation.stockReceive': 'stock:write',
  'Mutation.stockCount': 'stock:write',
  'Query.stockTransfer': 'stock:read',
  'Query.stockTransfers': 'stock:read',
  'Query.stockExceptions': 'stock:read',
  'Mutation.stockAdjust': 'stock:write',
  'Mutation.stockReturn': 'stock:write',
  'Mutation.stockDamage': 'stock:write',
  'Mutation.stockInspect': 'stock:write',
  'Mutation.stockSafetySet': 'stock:write',
  'Mutation.stockWriteOff': 'stock:write',
  'Mutation.stockApply': 'stock:write',
  'Mutation.stockTransferDispatch': 'stock:write',
  'Mutation.stockTransferReceive': 'stock:write',
  'Mutation.stockExceptionResolve': 'stock:write',
  'Query.allocationPolicies': 'stock:read',
  'Query.allocationPolicy': 'stock:read',
  'Query.channelSafetyStocks': 'stock:read',
  'Query.sellingPolicy': 'stock:read',
  'Query.explainAvailability': 'stock:read',
  'Query.simulateAllocation': 'stock:read',
  'Mutation.allocationPolicySet': 'stock:policy',
  'Mutation.allocationPolicyActivate': 'stock:policy',
  'Mutation.allocationPolicyRetire': 'stock:policy',
  'Mutation.channelSafetyStockSet': 'stock:policy',
  'Mutation.sellingPolicySet': 'stock:policy',
  'Subscription.availabilityChanged': 'catalogue:read',

  'Query.cart': 'carts:write',
  'Query.order': 'carts:write',
  'Mutation.cartCreate': 'carts:write',
  'Mutation.cartLinesSet': 'carts:write',
  'Mutation.cartAddressSet': 'carts:write',
  'Mutation.checkout': 'checkout',
  'Query.orderExceptions': 'orders:read',
  'Mutation.orderReroute': 'orders:write',
  'Customer.orders': 'catalogue:read',

  'Query.me': 'catalogue:read',
  'Query.customer': 'catalogue:read',
  'Query.customerByEmail': 'customers:read',
  'Mutation.profileUpdate': 'profile',
  // Not for staff and machines, who come with keys.
  'Mutation.signUp': 'sign-in',
  'Mutation.signIn': 'sign-in',
  'Mutation.signOut': 'profile',

  // Pages and verbs of the channels. What they ask of the shared graph is decided there once more.
  'Query.productPage': 'catalogue:read',
  'Query.collectionPage': 'catalogue:read',
  'Query.searchPage': 'catalogue:read',
  'Query.sitemap': 'catalogue:read',
  'Query.account': 'catalogue:read',
  'Query.productScreen': 'catalogue:read',
  'Query.byBarcode': 'catalogue:read',
  'Query.lookup': 'catalogue:read',
  'Query.catalogPage': 'catalogue:read',
  'Query.feed': 'catalogue:read',
};

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
