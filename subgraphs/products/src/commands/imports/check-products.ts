import type { Database } from '@kontor/kit/src/database.ts';
import type { Author } from '../../domain/author.ts';
import type { ProductInput } from '../../domain/product-rules.ts';
import { upsertProducts, type UpsertResult } from '../upsert-products.ts';

/** Ends a transaction whose outcome was all that was wanted. */
class Rehearsed extends Error {}

/**
 * What `upsertProducts` would do with products, told by doing it in a transaction that is always undone: by the same rules, against what is
 * there, and nothing is written, announced or published. Ids of what would be new are of no use.
 */
export async function checkProducts(
  db: Database,
  products: readonly ProductInput[],
  publishIn: readonly string[],
  author: Author,
): Promise<UpsertResult[]> {
  return upsertProducts(rehearsal(db), products, publishIn, author);
}

/** The database with transactions that end undone and nonetheless give their outcome. */
function rehearsal(db: Database): Database {
  const transaction: Database['orm']['transaction'] = async (work, config) => {
    let outcome: { readonly value: Awaited<ReturnType<typeof work>> } | undefined;
    try {
      await db.orm.transaction(async (tx) => {
        outcome = { value: await work(tx) };
        throw new Rehearsed();
      }, config);
    } catch (error) {
      if (!(error instanceof Rehearsed)) throw error;
    }
    return outcome!.value;
  };
  return {
    ...db,
    orm: new Proxy(db.orm, {
      get: (orm, name) => (name === 'transaction' ? transaction : (Reflect.get(orm, name) as unknown)),
    }),
    committed: () => undefined,
  };
}
