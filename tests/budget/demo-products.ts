import { guestOf } from '@kontor/kit/src/auth/caller.ts';
import type { CountingStack } from './counting-stack.ts';

export interface DemoProduct {
  readonly id: string;
  readonly handle: string;
  readonly variants: readonly {
    readonly id: string;
    readonly sku: string;
    readonly availability: { readonly sellableQuantity: number };
  }[];
}

interface Found {
  readonly searchPage: { readonly products: { readonly edges: readonly { readonly node: DemoProduct }[] } };
}

const ALL = `query All {
  searchPage(query: "", first: 100) { products { edges { node { id handle variants { id sku availability { sellableQuantity } } } } } }
}`;

/** A hundred products of the demo that the web shop sells. */
export async function productsOf(stack: CountingStack): Promise<DemoProduct[]> {
  const { searchPage } = await stack.run<Found>({ bff: 'web', caller: guestOf('web'), query: ALL });
  return searchPage.products.edges.map(({ node }) => node);
}
