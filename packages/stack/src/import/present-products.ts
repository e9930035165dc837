import type { ProductDocument } from '@kontor/products/src/import/import-item.ts';
import { run, type Operator } from '../operator.ts';

/** A product that is there. */
export interface PresentProduct {
  readonly productId: string;
  readonly document: ProductDocument;
  /** Aligned with the document's variants. */
  readonly variantIds: readonly string[];
}

interface DocumentState {
  readonly productId: string;
  readonly handle: string;
  readonly variantIds: readonly string[];
  readonly content: ProductDocument;
}

const FIELDS = 'productId handle variantIds content';

/** Products by handle; at most 500 handles. */
export async function readPresent(
  operator: Operator,
  handles: readonly string[],
): Promise<Map<string, PresentProduct>> {
  const { productDocumentsByHandle } = await run<{ productDocumentsByHandle: DocumentState[] }>(
    operator,
    'products',
    `query P($handles: [String!]!) { productDocumentsByHandle(handles: $handles) { ${FIELDS} } }`,
    { handles },
  );
  return new Map(productDocumentsByHandle.map((each) => [each.handle, toPresent(each)]));
}

/** A page of all products, in the order in which they were made. @param channels only those published in one of these; empty for all */
export async function readPresentPage(
  operator: Operator,
  after: string | null,
  first: number,
  channels: readonly string[],
): Promise<{ readonly products: readonly PresentProduct[]; readonly endCursor: string | null }> {
  const { productDocuments } = await run<{
    productDocuments: { documents: DocumentState[]; endCursor: string | null };
  }>(
    operator,
    'products',
    `query P($after: Cursor, $first: Int!, $channels: [ID!]!) { productDocuments(after: $after, first: $first, channels: $channels) { documents { ${FIELDS} } endCursor } }`,
    { after, first, channels },
  );
  return { products: productDocuments.documents.map(toPresent), endCursor: productDocuments.endCursor };
}

const toPresent = ({ productId, content, variantIds }: DocumentState): PresentProduct => ({
  productId,
  document: content,
  variantIds,
});
