import type { Database } from '@kontor/kit/src/database.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import DataLoader from 'dataloader';
import { findShown, type ProductChange } from '../data/reading/product-changes.ts';
import type { Audience } from '../domain/audience.ts';

/** One statement takes at most so many products. */
const MAX_KEYS = 2_500;

interface Wanted {
  readonly audience: Audience;
  readonly productId: string;
}

/** Reads products for subscribers: those who ask at the same time share statements, nothing is remembered. */
export interface ProductReader {
  /** What an audience sees of products now, aligned with `productIds`; of what there never was, nothing is seen since now. */
  read(audience: Audience, productIds: readonly string[]): Promise<ProductChange[]>;
}

const audienceKey = ({ channel, seesAll }: Audience) => JSON.stringify([channel, seesAll]);

/** Makes the reader of a process. */
export function createProductReader(db: Database): ProductReader {
  const loader = new DataLoader<Wanted, ProductChange | null>(
    async (wanted) => {
      const groups = Map.groupBy(wanted, ({ audience }) => audienceKey(audience));
      const found = new Map<string, ProductChange>();
      await Promise.all(
        Array.from(groups, async ([key, group]) => {
          const ids = new Set(group.map(({ productId }) => productId).filter(isId));
          const changes = ids.size > 0 ? await findShown(db.sql, group[0]!.audience, [...ids]) : [];
          for (const change of changes) found.set(`${key} ${change.productId}`, change);
        }),
      );
      return wanted.map(({ audience, productId }) => found.get(`${audienceKey(audience)} ${productId}`) ?? null);
    },
    { cache: false, maxBatchSize: MAX_KEYS },
  );
  return {
    read: (audience, productIds) =>
      Promise.all(
        productIds.map(
          async (productId) =>
            (await loader.load({ audience, productId })) ?? {
              productId,
              changedAt: new Date().toISOString(),
              product: null,
            },
        ),
      ),
  };
}
