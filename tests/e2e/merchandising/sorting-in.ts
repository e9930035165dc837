import { eventually } from '@kontor/testkit/src/eventually.ts';
import { ask } from '@kontor/testkit/src/graph-client.ts';
import { expect, it } from 'vitest';
import type { System } from '../system.ts';
import { COPPER, STEEL, VENDOR, type Kettles } from './kettles.ts';
import { merchant } from './merchant.ts';

const COLLECTION = `query ($handle: String!) { collectionPage(handle: $handle) { products { edges { node { handle } } } } }`;
const MAPPED = /* GraphQL */ `
  query Mapped($code: ID!, $categoryId: ID!) {
    taxonomy(code: $code) {
      revision
      unmapped(first: 250) {
        edges {
          node {
            id
          }
        }
      }
    }
    category(id: $categoryId) {
      mapping(taxonomy: $code) {
        targetId
        isInherited
      }
    }
  }
`;

interface CollectionPage {
  readonly collectionPage: { readonly products: { readonly edges: readonly { readonly node: { handle: string } }[] } };
}
interface Mapped {
  readonly taxonomy: { readonly revision: number; readonly unmapped: { readonly edges: { node: { id: string } }[] } };
  readonly category: { readonly mapping: { readonly targetId: string; readonly isInherited: boolean } | null };
}

/** Products are put where they belong without anybody touching them one by one. */
export function sortingIn(system: () => System, kettles: () => Promise<Kettles>): void {
  it('fills a collection by its rule, and follows when a product begins to match', async () => {
    const staff = merchant(system());
    const { steel } = await kettles();
    const handle = 'copper-things';
    const conditions = [
      { field: 'ATTRIBUTE', attribute: 'material', relation: 'IS', values: ['copper'] },
      { field: 'VENDOR', relation: 'IS', values: [VENDOR] },
    ];
    await staff.change('collectionSet', { handle, title: 'Copper Things', rule: { match: 'ALL', conditions } });
    const held = async () => {
      const { collectionPage } = await ask<CollectionPage>(system().url('web'), COLLECTION, { handle });
      return collectionPage.products.edges.map(({ node }) => node.handle).toSorted();
    };
    await eventually(async () => expect(await held()).toEqual([COPPER]));
    const material = (value: string) =>
      staff.change('productUpdate', { productId: steel.id, attributes: [{ code: 'material', value }] });
    await material('copper');
    await eventually(async () => expect(await held()).toEqual([COPPER, STEEL]));
    await material('steel');
    await eventually(async () => expect(await held()).toEqual([COPPER]));
  });

  it('lists the categories that a marketplace has no place for until one above them is mapped', async () => {
    const staff = merchant(system());
    const { kitchenId, kettlesId } = await kettles();
    const code = 'market-square';
    await staff.change('taxonomySet', { code, name: 'Market Square' });
    const mapped = async () => {
      const { taxonomy, category } = await staff.ask<Mapped>(MAPPED, { code, categoryId: kettlesId });
      const isListed = taxonomy.unmapped.edges.some(({ node }) => node.id === kettlesId);
      return { isListed, revision: taxonomy.revision, mapping: category.mapping };
    };
    expect(await mapped()).toEqual({ isListed: true, revision: 0, mapping: null });
    const input = { taxonomy: code, mappings: [{ categoryId: kitchenId, targetId: '8216' }], expectedRevision: 0 };
    await staff.change('categoryMappingsSet', input);
    expect(await mapped()).toEqual({ isListed: false, revision: 1, mapping: { targetId: '8216', isInherited: true } });
    expect(await staff.tell('categoryMappingsSet', { ...input, mappings: [] })).toMatchObject({
      __typename: 'VersionConflict',
    });
  });
}
