import { boundedList, pageSize, toConnection } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import type { Context } from '../context.ts';
import { productCursor, readProductCursor } from '../data/product-cursor.ts';
import type { ListOrder, ListQuery } from '../data/product-list.ts';
import type { Audience } from '../domain/audience.ts';
import { joinFilters, type FacetFilter, type SortName } from '../domain/product-list.ts';
import type { ProductConnectionMapper } from '../mappers.ts';
import { isStorable } from '../domain/text.ts';

const DEFAULT_PAGE = 24;
const MAX_PAGE = 100;
const MAX_FILTERS = 20;
const MAX_FILTER_VALUES = 20;

interface ListArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly filters?: readonly FacetFilter[] | null | undefined;
  readonly sort?: SortName | null | undefined;
  readonly maxPage?: number;
  readonly audience?: Audience;
}

/** The order that a sort means where there is nothing, something typed, or a collection's own order to go by. */
const RELEVANCE: Readonly<Record<ListQuery['within']['kind'], ListOrder>> = {
  all: 'newest',
  search: 'match',
  collection: 'place',
};

/** Opens a list of products by a field's arguments and reads its page. @throws GraphQLError BAD_USER_INPUT for arguments out of bounds */
export async function openProductList(
  ctx: Context,
  within: ListQuery['within'],
  args: ListArguments,
  fixedOrder?: ListOrder,
): Promise<ProductConnectionMapper> {
  const order =
    fixedOrder ?? (args.sort === 'TITLE' ? 'title' : args.sort === 'NEWEST' ? 'newest' : RELEVANCE[within.kind]);
  const filters = boundedList(args.filters ?? [], MAX_FILTERS, ['filters']);
  for (const { values } of filters) {
    boundedList(values, MAX_FILTER_VALUES, ['filters', 'values']);
    if (!values.every(isStorable))
      throw badInput('A filter has a value that no product can have.', ['filters', 'values']);
  }
  const list: ListQuery = {
    audience: args.audience ?? ctx.audience,
    within,
    filters: joinFilters(filters),
    order,
    after: args.after == null ? null : readProductCursor(args.after, order),
    first: pageSize(args.first, DEFAULT_PAGE, args.maxPage ?? MAX_PAGE),
  };
  const rows = await ctx.loaders.page.load(list);
  for (const row of rows) ctx.loaders.product.prime(row.productId, row);
  const { edges, pageInfo } = toConnection(rows, list.first, (row) => productCursor(order, row), list.after !== null);
  return { list, edges, pageInfo };
}
