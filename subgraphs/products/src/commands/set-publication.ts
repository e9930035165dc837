import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { readChannel } from '../data/channels.ts';
import { touchProducts } from '../data/product-writes.ts';
import { lockProductIds, schedule, unpublish } from '../data/publications.ts';
import { serviceAuthor, type Author } from '../domain/author.ts';
import { acceptDates, type WantedDates } from '../domain/history/publication-dates.ts';
import { isStorable } from '../domain/text.ts';
import { announceProducts } from './product-events.ts';

const MAX_PRODUCTS = 250;

/** What a channel shall show. */
export interface PublicationInput extends WantedDates {
  readonly channel: string;
  readonly productIds: readonly string[];
  readonly published: boolean;
}

/**
 * Shows products in a channel, from one instant until another, or hides them, all or none. Those that are so already keep their version. A
 * product that is not active is shown as soon as it is; dates are told when they come.
 */
export async function setPublication(
  db: Database,
  input: PublicationInput,
  author: Author = serviceAuthor('productPublicationSet'),
) {
  const productIds = [...new Set(input.productIds.map((id) => id.toLowerCase()))];
  if (input.productIds.length > MAX_PRODUCTS)
    return invalidInput('TOO_MANY', `At most ${MAX_PRODUCTS} products at once.`, ['input', 'productIds']);
  const noProduct = (id: string) =>
    notFound(`There is no product with the id ${id.slice(0, 40)}.`, ['input', 'productIds']);
  const accepted = acceptDates(input);
  if ('broken' in accepted)
    return invalidInput('INVALID_DATES', accepted.broken.message, ['input', accepted.broken.field]);
  const { dates } = accepted;
  if (!input.published && (dates.startsAt !== null || dates.endsAt !== null))
    return invalidInput('INVALID_DATES', 'What is hidden has no dates: leave them out, or publish it with an end.', [
      'input',
      dates.startsAt === null ? 'endsAt' : 'startsAt',
    ]);
  const ill = productIds.find((id) => !isId(id));
  if (ill !== undefined) return noProduct(ill);
  return inTransaction(db, async (tx) => {
    const channel = isStorable(input.channel) ? await readChannel(tx, input.channel) : null;
    if (!channel) return notFound('There is no channel with this code.', ['input', 'channel']);
    const known = new Set(await lockProductIds(tx, productIds));
    const missing = productIds.find((id) => !known.has(id));
    if (missing !== undefined) return noProduct(missing);
    const changed = input.published
      ? await schedule(tx, channel.code, productIds, dates)
      : await unpublish(
          tx,
          productIds.map((productId) => ({ productId, channelCode: channel.code })),
        );
    await touchProducts(tx, changed);
    await announceProducts(tx, changed, author);
    return { __typename: 'ProductPublicationChanged' as const, changedCount: changed.length };
  });
}
