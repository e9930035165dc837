import { acceptAttributes } from '@kontor/products/src/domain/types/accept-attributes.ts';
import { acceptProductType } from '@kontor/products/src/domain/types/accept-product-type.ts';
import type { AttributeScope } from '@kontor/products/src/domain/types/attribute-definition.ts';
import { sanitiseHtml } from '@kontor/products/src/sanitise-html.ts';
import { expect, test } from 'vitest';
import { attributesOfProduct, attributesOfVariant } from './attributes.ts';
import { PRODUCT_TYPES } from './product-types.ts';
import { PRODUCTS } from './products.ts';
import type { DemoAttribute } from './said-of-products.ts';

const definitionsOf = (productType: string) => {
  const input = PRODUCT_TYPES.find(({ name }) => name === productType);
  if (!input) return [];
  const accepted = acceptProductType(input, null);
  if ('broken' in accepted) throw new Error(accepted.broken.message);
  return accepted.type.attributes;
};
const accept = (productType: string, scope: AttributeScope, input: readonly DemoAttribute[]) =>
  acceptAttributes({ definitions: definitionsOf(productType), scope, kept: {}, input }, sanitiseHtml);

test('what is said of products and variants keeps the rules of their types, and nothing that is required is missing', () => {
  const refused = PRODUCTS.flatMap((product) => [
    accept(product.productType, 'PRODUCT', attributesOfProduct(product.handle)),
    ...product.variants.map(({ optionValues }) =>
      accept(product.productType, 'VARIANT', attributesOfVariant(product, optionValues)),
    ),
  ]).filter((accepted) => 'broken' in accepted);
  expect(refused).toEqual([]);
});

test('every product of a type that is defined has something said of it', () => {
  const types = new Set<string>(PRODUCT_TYPES.map(({ name }) => name));
  const defined = PRODUCTS.filter(({ productType }) => types.has(productType));
  expect(defined.filter(({ handle }) => attributesOfProduct(handle).length === 0)).toEqual([]);
  expect(defined).toHaveLength(41);
});

test('volumes of bottles are kept in millilitres', () => {
  const bottle = PRODUCTS.find(({ handle }) => handle === 'soft-flask')!;
  const values = bottle.variants.map(({ optionValues }) => attributesOfVariant(bottle, optionValues));
  expect(values.map((input) => accept('Bottles', 'VARIANT', input))).toEqual([
    { values: { capacity: 250 }, references: [] },
    { values: { capacity: 500 }, references: [] },
  ]);
});
