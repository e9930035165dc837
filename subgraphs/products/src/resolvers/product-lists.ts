import { boundedList, pageSize, toConnection } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import type { Context } from '../context.ts';
import { productCursor, readProductCursor } from '../data/product-cursor.ts';
import type { ListOrder, ListQuery, ListWishes } from '../data/product-list.ts';
import type { Audience } from '../domain/audience.ts';
import { joinFilters, type FacetFilter, type SortName } from '../domain/product-list.ts';
import { isStorable } from '../domain/text.ts';
import type { ProductConnectionMapper } from '../mappers.ts';
import { readLocale } from './reading/read-locale.ts';
import { selectsAny, type Selected } from './search/selected-fields.ts';

const DEFAULT_PAGE = 24;
const MAX_PAGE = 100;
const MAX_FILTERS = 20;
const MAX_FILTER_VALUES = 20;

interface ListArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly filters?: readonly FacetFilter[] | null | undefined;
  readonly sort?: SortName | null | undefined;
  readonly locale?: string | null | undefined;
  readonly currency?: string | null | undefined;
  readonly maxPage?: number;
  readonly audience?: Audience;
}

/** The order that relevance means where there is nothing, something typed, a collection's own order, or what sells to go by. */
const RELEVANCE: Readonly<Record<ListQuery['within']['kind'], ListOrder>> = {
  all: 'newest',
  search: 'match',
  collection: 'place',
  category: 'popularity',
};

const ORDERS: Readonly<Record<Exclude<SortName, 'RELEVANCE'>, ListOrder>> = {
  NEWEST: 'newest',
  TITLE: 'title',
  PRICE_ASC: 'price',
  PRICE_DESC: 'price falling',
  POPULARITY: 'popularity',
};

const NO_WISHES: ListWishes = { count: false, facets: false, prices: false };

/**
 * Opens a list of products by a field's arguments and reads its page.
 * @param info of the field: what it asks of the whole list is then read by the same statement.
 * @throws GraphQLError BAD_USER_INPUT for arguments out of bounds
 */
export async function openProductList(
  ctx: Context,
  within: ListQuery['within'],
  args: ListArguments,
  fixedOrder?: ListOrder,
  info?: Selected,
): Promise<ProductConnectionMapper> {
  const { sort } = args;
  const order = fixedOrder ?? (sort == null || sort === 'RELEVANCE' ? RELEVANCE[within.kind] : ORDERS[sort]);
  const locale = readLocale(args.locale);
  const after = args.after == null ? null : readProductCursor(args.after, order);
  const first = pageSize(args.first, DEFAULT_PAGE, args.maxPage ?? MAX_PAGE);
  const list: ListQuery = {
    audience: args.audience ?? ctx.audience,
    within,
    filters: joinFilters(checkFilters(args.filters ?? [])),
    order,
    after,
    first: info && !selectsAny(info, ['edges', 'pageInfo']) ? 0 : first,
    language: locale?.split('-')[0] ?? null,
    currency: args.currency ?? null,
    similar: after?.similar ?? false,
    wishes: info ? wishesOf(info) : NO_WISHES,
  };
  const listing = await ctx.loaders.listing.load(list);
  const opened = { ...list, similar: listing.similar };
  for (const row of listing.rows) ctx.loaders.product.prime(row.productId, row);
  const { edges, pageInfo } = toConnection(
    listing.rows,
    list.first,
    (row) => productCursor(order, row),
    after !== null,
  );
  return { list: opened, locale, edges, pageInfo, groups: listing.groups };
}

function wishesOf(info: Selected): ListWishes {
  return {
    count: selectsAny(info, ['totalCount', 'freshness.countsExact']),
    facets: selectsAny(info, ['facets']),
    prices: selectsAny(info, ['priceRange']),
  };
}

function checkFilters(filters: readonly FacetFilter[]): readonly FacetFilter[] {
  boundedList(filters, MAX_FILTERS, ['filters']);
  for (const filter of filters) checkFilter(filter);
  return filters;
}

function checkFilter({ facet, values, attribute, from, to }: FacetFilter): void {
  boundedList(values, MAX_FILTER_VALUES, ['filters', 'values']);
  const isNamed = facet === 'OPTION' || facet === 'ATTRIBUTE';
  if (!values.every(isStorable) || (attribute != null && !isStorable(attribute)))
    throw badInput('A filter has a value that no product can have.', ['filters', 'values']);
  if (isNamed && (attribute == null || attribute === ''))
    throw badInput(`A filter by ${facet} says by which one, as its attribute.`, ['filters', 'attribute']);
  if (facet === 'CATEGORY' && !values.every(isId))
    throw badInput('A filter by CATEGORY takes ids of categories.', ['filters', 'values']);
  if (facet === 'AVAILABILITY' && !values.every((value) => value === 'IN_STOCK'))
    throw badInput('A filter by AVAILABILITY takes IN_STOCK.', ['filters', 'values']);
  if (facet === 'PRICE' ? values.length > 0 : from != null || to != null)
    throw badInput('A filter by PRICE takes from and to, every other one takes values.', ['filters', 'values']);
  for (const [name, bound] of [['from', from] as const, ['to', to] as const])
    if (bound != null && (!Number.isSafeInteger(bound) || bound < 0))
      throw badInput(`${name} is an amount in minor units, not ${bound}.`, ['filters', name]);
}
