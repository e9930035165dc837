import { readFileSync } from 'node:fs';
import { ROLE_SCOPES, SCOPES } from '@kontor/kit/src/auth/policy.ts';
import { getNamedType, isInputObjectType, isInterfaceType, isObjectType, isUnionType, type GraphQLType } from 'graphql';
import { expect, test } from 'vitest';
import { apiSchemaOf } from '../composition/api-schema.ts';
import { composeSubgraphs } from '../composition/compose-subgraphs.ts';
import { readFieldPolicy } from '../policy/field-policy.ts';
import { assertRootFieldsDecided } from '../policy/root-fields.ts';
import { buildContract } from './build-contract.ts';
import { CONTRACTS } from './contracts.ts';

const read = (path: string) => ({ path, text: readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8') });
const { supergraphSdl } = composeSubgraphs(
  ['products', 'prices', 'stock', 'orders', 'customers'].map((name) => ({
    name,
    routingUrl: '',
    files: [read('packages/kit/schema/common.graphql'), read(`subgraphs/${name}/schema.graphql`)],
  })),
  SCOPES,
);
const contract = buildContract(supergraphSdl!, CONTRACTS.partner)!;
const schema = apiSchemaOf(contract);
const policy = readFieldPolicy(contract);

/** What a partner gets only with a key that was given more than integrations have. */
const BY_GRANT: Readonly<Record<string, string>> = {
  // An order is its buyer's: a partner who checks out carts has this scope, and reads what came of them with the token of the cart.
  'Query.order': 'carts:write',
};

function* fieldsOfContract() {
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__') || !(isObjectType(type) || isInterfaceType(type))) continue;
    for (const field of Object.keys(type.getFields())) yield [type.name, field] as const;
  }
}

test('partners see nothing that an integration may not have, but for what is granted besides', () => {
  const beyond = [...fieldsOfContract()].flatMap(([type, field]) => {
    const missing = policy
      .requirementOf(type, field)
      .filter(
        (clause) =>
          clause.kind !== 'scopes' ||
          !clause.anyOf.some((names) => names.every((name) => ROLE_SCOPES.integration.includes(name))),
      );
    return missing.length > 0 ? [[`${type}.${field}`, missing]] : [];
  });
  expect(Object.fromEntries(beyond)).toEqual(
    Object.fromEntries(
      Object.entries(BY_GRANT).map(([coordinate, scope]) => [
        coordinate,
        [expect.objectContaining({ kind: 'scopes', anyOf: [[scope]] })],
      ]),
    ),
  );
});

test('partners read the catalogue, prices, availability, locations and orders', () => {
  expect(Object.keys(schema.getQueryType()!.getFields()).sort()).toEqual([
    'availability',
    'availabilityChanges',
    'categories',
    'category',
    'categoryByHandle',
    'channel',
    'channels',
    'collectionByHandle',
    'collections',
    'location',
    'locations',
    'order',
    'pickupLocations',
    'priceChanges',
    'product',
    'productByHandle',
    'productByReference',
    'productChanges',
    'productListing',
    'productSearch',
    'productTypeByName',
    'productTypes',
    'products',
    'searchSuggestions',
    'taxonomies',
    'taxonomy',
    'variant',
    'variantByReference',
    'variants',
    'variantsByBarcode',
    'variantsBySku',
  ]);
  expect(Object.keys(schema.getSubscriptionType()!.getFields()).sort()).toEqual([
    'availabilityChanged',
    'priceChanged',
    'productChanged',
  ]);
});

test('partners see no command, nothing of staff and nobody else', () => {
  expect(schema.getMutationType()).toBeUndefined();
  for (const type of [
    'PriceList',
    'StockLevel',
    'StockMovement',
    'StockVerification',
    'Customer',
    'Company',
    'Cart',
    'SignedIn',
    'ProductDraft',
    'ProductRevision',
    'ProductText',
    'Publication',
    'SearchSynonyms',
  ])
    expect(schema.getType(type), type).toBeUndefined();
});

test('every type of the contract is led to from its roots', () => {
  const reached = new Set<string>();
  const reach = (type: GraphQLType): void => {
    const named = getNamedType(type);
    if (reached.has(named.name)) return;
    reached.add(named.name);
    if (isUnionType(named)) named.getTypes().forEach(reach);
    if (isInterfaceType(named)) schema.getPossibleTypes(named).forEach(reach);
    if (!isObjectType(named) && !isInterfaceType(named) && !isInputObjectType(named)) return;
    for (const field of Object.values(named.getFields())) {
      reach(field.type);
      if ('args' in field) for (const argument of field.args) reach(argument.type);
    }
    if (!isInputObjectType(named)) named.getInterfaces().forEach(reach);
  };
  for (const root of [schema.getQueryType(), schema.getSubscriptionType()]) if (root) reach(root);
  const there = Object.keys(schema.getTypeMap()).filter((name) => !name.startsWith('__'));
  expect(there.filter((name) => !reached.has(name))).toEqual([]);
});

test('every root field of the whole graph is decided', () => {
  expect(() => assertRootFieldsDecided(apiSchemaOf(supergraphSdl!), readFieldPolicy(supergraphSdl!))).not.toThrow();
});
