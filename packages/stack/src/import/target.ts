import { run, type Operator } from '../operator.ts';

/** Where an import goes. */
export interface ImportTarget {
  readonly channels: readonly ChannelState[];
  /** Whether somebody named the channels: they are all otherwise. */
  readonly areChannelsChosen: boolean;
  readonly currency: string;
  readonly priceListCode: string;
  readonly location: { readonly locationId: string; readonly code: string; readonly name: string };
}

export interface ChannelState {
  readonly code: string;
  readonly name: string;
  readonly currencies: readonly string[];
  readonly countries: readonly string[];
  readonly locationIds: readonly string[];
}

interface LocationState {
  readonly locationId: string;
  readonly code: string;
  readonly name: string;
  readonly kind: string;
  readonly country: string;
}

const CHUNK = 250;

/** What a person asked for; undefined where the default shall do. */
export interface TargetWishes {
  readonly channels: readonly string[];
  readonly currency: string | undefined;
  readonly location: string | undefined;
}

export const readChannels = async (operator: Operator): Promise<ChannelState[]> =>
  (
    await run<{ channelStates: ChannelState[] }>(
      operator,
      'products',
      '{ channelStates { code name currencies countries locationIds } }',
    )
  ).channelStates;

/** @throws Error naming what does not exist and what does. */
export function chooseChannels(all: readonly ChannelState[], codes: readonly string[]): ChannelState[] {
  if (all.length === 0)
    throw new Error(
      'There is no channel yet, so nothing could be sold. Run `npm start` once, which makes the demo channels, or make one with the mutation channelSet.',
    );
  if (codes.length === 0) return [...all];
  return codes.map((code) => {
    const found = all.find((channel) => channel.code === code);
    if (!found)
      throw new Error(`There is no channel "${code}". There are: ${all.map((channel) => channel.code).join(', ')}.`);
    return found;
  });
}

/**
 * Chooses where an import goes: all channels, the first channel's first currency, and the first warehouse by code in its first country, unless told otherwise.
 * The price list is made when it is missing.
 * @throws Error naming what does not exist and what does.
 */
export async function chooseTarget(operator: Operator, wishes: TargetWishes): Promise<ImportTarget> {
  const target = await findTarget(operator, wishes);
  await run(
    operator,
    'prices',
    'mutation P($input: PriceListUpsertInput!) { priceListUpsert(input: $input) { code } }',
    {
      input: {
        code: target.priceListCode,
        scope: 'BASE',
        currency: target.currency,
        taxIncluded: target.currency !== 'USD',
      },
    },
  );
  return target;
}

/** The same without making the price list: for who only reads. @throws Error naming what does not exist and what does. */
export async function findTarget(operator: Operator, wishes: TargetWishes): Promise<ImportTarget> {
  const channels = chooseChannels(await readChannels(operator), wishes.channels);
  const currency = wishes.currency ?? channels[0]!.currencies[0]!;
  const ids = [...new Set(channels.flatMap((channel) => channel.locationIds))];
  const locations: LocationState[] = [];
  for (let from = 0; from < ids.length; from += CHUNK) {
    const { locationStates } = await run<{ locationStates: (LocationState | null)[] }>(
      operator,
      'stock',
      'query L($ids: [ID!]!) { locationStates(ids: $ids) { locationId code name kind country } }',
      { ids: ids.slice(from, from + CHUNK) },
    );
    locations.push(...locationStates.filter((each) => each !== null));
  }
  const home = channels[0]!.countries[0];
  const preference = (each: LocationState) => Number(each.kind === 'WAREHOUSE') * 2 + Number(each.country === home);
  locations.sort((a, b) => preference(b) - preference(a) || (a.code < b.code ? -1 : 1));
  const location =
    wishes.location === undefined ? locations[0] : locations.find((each) => each.code === wishes.location);
  if (!location) {
    const known = locations
      .slice(0, 20)
      .map((each) => each.code)
      .join(', ');
    throw new Error(
      `${wishes.location === undefined ? 'The channels have no location to put stock into' : `There is no location "${wishes.location}" in these channels`}. There are: ${known || 'none'}.`,
    );
  }
  return {
    channels,
    areChannelsChosen: wishes.channels.length > 0,
    currency,
    priceListCode: `base-${currency.toLowerCase()}`,
    location,
  };
}
