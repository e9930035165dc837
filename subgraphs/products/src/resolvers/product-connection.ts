import type { Context } from '../context.ts';
import type { ListGroup } from '../data/product-list.ts';
import { localeChain, textInChain } from '../domain/locale-chain.ts';
import { FacetCounter } from '../domain/search/list-facets.ts';
import type { ProductConnectionResolvers } from '../generated/schema.ts';
import type { ProductConnectionMapper } from '../mappers.ts';

const EVERYTHING = { count: true, facets: true, prices: true };

/** What is known of a whole list: it came along with the page when the field that opened it said what was wanted. */
async function groupsOf(
  { list, groups }: ProductConnectionMapper,
  wish: keyof typeof EVERYTHING,
  { loaders }: Context,
): Promise<readonly ListGroup[]> {
  const { wishes } = list;
  const known = wishes[wish] || (wish === 'count' && (wishes.facets || wishes.prices));
  return known ? groups : (await loaders.listing.load({ ...list, first: 0, after: null, wishes: EVERYTHING })).groups;
}

const passing = (groups: readonly ListGroup[]) => groups.filter(({ failing }) => failing === 0);

export const ProductConnection: ProductConnectionResolvers = {
  totalCount: async (parent, _, ctx) =>
    passing(await groupsOf(parent, 'count', ctx)).reduce((sum, { count, scale }) => sum + count * scale, 0),
  facets: async (parent, _, ctx) => {
    const { list, locale } = parent;
    const groups = await groupsOf(parent, 'facets', ctx);
    const counter = new FacetCounter(list.filters, groups);
    const values = await ctx.loaders.facetValues.load(counter.valueIds());
    const outside = new Set(list.within.kind === 'category' ? await above(list.within.categoryId, ctx) : []);
    const chain = localeChain(locale, groups[0]?.language ?? null);
    return counter.counts(values, outside).map(({ labels, ...count }) => ({
      ...count,
      label: textInChain(labels, chain) ?? textInChain(labels, ['']) ?? count.value,
    }));
  },
  priceRange: async (parent, _, ctx) => {
    const groups = await groupsOf(parent, 'prices', ctx);
    const own = parent.list.filters.findIndex(({ facet }) => facet === 'PRICE') + 1;
    const counted = groups.filter(({ failing }) => failing === 0 || failing === own);
    const lowest = counted.flatMap(({ minMinor }) => minMinor ?? []);
    const highest = counted.flatMap(({ maxMinor }) => maxMinor ?? []);
    return lowest.length === 0
      ? null
      : { currency: counted[0]!.currency, minMinor: Math.min(...lowest), maxMinor: Math.max(...highest) };
  },
  freshness: (parent, _, ctx) => ({
    asOf: () =>
      parent.groups[0]?.asOf ??
      (parent.groups.length > 0 ? null : ctx.loaders.searchAge.load(parent.list.audience.channel ?? '')),
    // Groups, companies and customers can have prices of their own, of which these lists know nothing.
    pricesExact:
      (ctx.caller.groups ?? []).length === 0 &&
      ctx.caller.companyId === undefined &&
      ctx.caller.customerId === undefined,
    countsExact: async () => passing(await groupsOf(parent, 'count', ctx)).every(({ scale }) => scale === 1),
  }),
};

const above = async (categoryId: string, { loaders }: Context) => [
  categoryId,
  ...(await loaders.ancestorsOfCategory.load(categoryId)).map((category) => category.categoryId),
];
