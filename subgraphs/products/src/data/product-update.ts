import type { Tx } from '@kontor/kit/src/database.ts';
import { products } from '@kontor/drizzle/products/tables.ts';
import { eq } from 'drizzle-orm';

/** The version of a product; null when there is none. */
export async function readVersion(tx: Tx, productId: string): Promise<number | null> {
  const [row] = await tx.select({ version: products.version }).from(products).where(eq(products.productId, productId));
  return row?.version ?? null;
}
