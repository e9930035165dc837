import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { readChannel } from '../data/channels.ts';
import { touchProducts } from '../data/product-writes.ts';
import { lockProductIds, publish, unpublish } from '../data/publications.ts';
import { serviceAuthor, type Author } from '../domain/author.ts';
import { isStorable } from '../domain/text.ts';
import { announceProducts } from './product-events.ts';

const MAX_PRODUCTS = 250;

/** Shows products in a channel or hides them, all or none. Those that are so already keep their version. */
export async function setPublication(
  db: Database,
  input: { readonly channel: string; readonly productIds: readonly string[]; readonly published: boolean },
  author: Author = serviceAuthor('productPublicationSet'),
) {
  const productIds = [...new Set(input.productIds.map((id) => id.toLowerCase()))];
  if (input.productIds.length > MAX_PRODUCTS)
    return invalidInput('TOO_MANY', `At most ${MAX_PRODUCTS} products at once.`, ['input', 'productIds']);
  const noProduct = (id: string) =>
    notFound(`There is no product with the id ${id.slice(0, 40)}.`, ['input', 'productIds']);
  const ill = productIds.find((id) => !isId(id));
  if (ill !== undefined) return noProduct(ill);
  return inTransaction(db, async (tx) => {
    const channel = isStorable(input.channel) ? await readChannel(tx, input.channel) : null;
    if (!channel) return notFound('There is no channel with this code.', ['input', 'channel']);
    const known = new Set(await lockProductIds(tx, productIds));
    const missing = productIds.find((id) => !known.has(id));
    if (missing !== undefined) return noProduct(missing);
    const pairs = productIds.map((productId) => ({ productId, channelCode: channel.code }));
    const changed = input.published ? await publish(tx, pairs) : await unpublish(tx, pairs);
    await touchProducts(tx, changed);
    await announceProducts(tx, changed, author);
    return { __typename: 'ProductPublicationChanged' as const, changedCount: changed.length };
  });
}
