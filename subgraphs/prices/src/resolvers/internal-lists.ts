import { boundedList, pageSize } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { setPriceList } from '../commands/lists/set-price-list.ts';
import { setPrices } from '../commands/lists/set-prices.ts';
import { findPriceList } from '../data/lists/find-lists.ts';
import { findListPrices, findPricesOfOne, findSkus, findVariantsBySku } from '../data/lists/list-prices.ts';
import type { MutationResolvers, QueryResolvers } from '../generated/internal.ts';
import { placeCursor, readPlace } from './list-price-place.ts';
import { toPriceChange } from './price-change.ts';

const MAX_PRICES = 5_000;
const MAX_VARIANTS = 1_000;

/** What exports and imports read of lists. */
export const internalListQueries: Pick<QueryResolvers, 'pricesOfList' | 'listPrices' | 'variantIdsBySku'> = {
  async pricesOfList(_, { code, variantIds }, { db }) {
    const ids = boundedList(variantIds, MAX_VARIANTS, ['variantIds']).filter(isId);
    const prices = await findPricesOfOne(db, code.replaceAll('\0', ''), ids);
    return prices.map(({ variantId, amount, compareAtMinor }) => ({
      variantId,
      amountMinor: amount.minor,
      compareAtMinor,
    }));
  },
  async listPrices(_, { code, first, after }, { db }) {
    const size = pageSize(first, MAX_VARIANTS, MAX_VARIANTS);
    const list = await findPriceList(db.orm, code);
    if (!list) return null;
    const rows = await findListPrices(db, code, after == null ? null : readPlace(after), size);
    const skus = await findSkus(
      db,
      rows.map(({ variantId }) => variantId),
    );
    const last = rows.at(-1);
    return {
      currency: list.currency,
      rows: rows.map(({ variantId, minQuantity, amount, compareAtMinor }) => ({
        ...{ variantId, minQuantity, compareAtMinor },
        sku: skus.get(variantId) ?? null,
        amountMinor: amount.minor,
        amountMicros: amount.micros,
      })),
      endCursor: last ? placeCursor(last) : null,
    };
  },
  async variantIdsBySku(_, { skus }, { db }) {
    const asked = boundedList(skus, MAX_VARIANTS, ['skus']);
    const found = await findVariantsBySku(
      db,
      asked.filter((sku) => !sku.includes('\0') && sku.isWellFormed()),
    );
    return asked.map((sku) => found.get(sku) ?? []);
  },
};

/** Commands of the catalogue importer and the seed. A refusal is a request fault here: these callers cannot go on after one. */
export const internalListMutations: Pick<MutationResolvers, 'priceListUpsert' | 'pricesUpsert'> = {
  async priceListUpsert(_, { input }, { db }) {
    const { code, scope, channel, currency, taxIncluded } = input;
    if (scope !== 'BASE' && scope !== 'CHANNEL') throw badInput('scope is BASE or CHANNEL.', ['input', 'scope']);
    const outcome = await setPriceList(db, {
      ...{ code, scope, currency, taxIncluded },
      name: input.name ?? code,
      channel: channel ?? null,
      subject: null,
      validity: null,
      derivation: null,
      isDraft: false,
      expectedVersion: null,
    });
    if (outcome.__typename !== 'PriceListSaved') throw badInput(outcome.message, outcome.path ?? []);
    const { id, revision } = outcome.priceList;
    return { priceListId: id, code, revision };
  },
  async pricesUpsert(_, { input }, { db }) {
    const changes = input.prices.map(toPriceChange);
    const outcome = await setPrices(db, {
      priceListCode: input.priceListCode,
      changes,
      maximum: MAX_PRICES,
      isWhole: !input.isPartial,
    });
    if (outcome.__typename !== 'PricesChanged') throw badInput(outcome.message, outcome.path ?? []);
    const rejected = outcome.rows.filter(({ status }) => status === 'REJECTED');
    return { changedCount: outcome.changedCount, rejected: rejected.map(toRejected) };
  },
};

const toRejected = ({ index, code, message }: { index: number; code: string | null; message: string | null }) => ({
  index,
  code: code ?? '',
  message: message ?? '',
});
