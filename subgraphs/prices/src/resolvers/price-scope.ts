import { badInput } from '@kontor/kit/src/errors.ts';
import { channelOf } from '@kontor/kit/src/subgraph.ts';
import { buyerOf } from '../buyer-of.ts';
import type { Context } from '../context.ts';
import type { PriceScope } from '../domain/pricing-context.ts';

/** In what fields of prices may be asked for, absent or null alike. */
interface PriceArguments {
  readonly currency?: string | null | undefined;
  readonly country?: string | null | undefined;
  readonly region?: string | null | undefined;
}

const REGION = /^[A-Z0-9]{1,3}$/;

/** The scope of a field: the caller's own channel and self, in what the arguments say. @throws GraphQLError BAD_USER_INPUT for what is no region */
export function priceScopeOf(
  ctx: Pick<Context, 'caller'>,
  { currency = null, country = null, region = null }: PriceArguments,
): PriceScope {
  if (region !== null && !REGION.test(region))
    throw badInput('region is a part of ISO 3166-2 behind the country, such as "CA".', ['region']);
  return { channel: channelOf(ctx), currency, country, region, buyer: buyerOf(ctx.caller) };
}
