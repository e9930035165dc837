import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { invalidInput, versionConflict } from '@kontor/kit/src/errors.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import {
  countChannels,
  lockChannels,
  MAX_CHANNELS,
  readChannel,
  writeChannel,
  type ChannelRow,
} from '../data/channels.ts';
import { acceptChannel, type ChannelInput } from '../domain/channel-rules.ts';
import type { ServiceLevel } from '../domain/service-levels.ts';

/** What other services keep of a channel; `ChannelState` of internal.graphql. */
export const channelState = ({
  code,
  version,
  name,
  currencies,
  countries,
  locales,
  locationIds,
  serviceLevels,
}: ChannelRow) => ({
  code,
  revision: version,
  name,
  currencies,
  countries,
  locales,
  locationIds,
  serviceLevels,
});

/**
 * Makes a channel or replaces it. One that is so already keeps its version and emits nothing.
 * @param expectedVersion the version that the caller has seen; null to make it or to overwrite. A channel that is not there is at version 0.
 */
export async function setChannel(db: Database, input: ChannelInput, expectedVersion: number | null) {
  const accepted = acceptChannel(input);
  if ('broken' in accepted)
    return invalidInput(accepted.broken.code, accepted.broken.message, ['input', accepted.broken.field]);
  const { channel } = accepted;
  return inTransaction(db, async (tx) => {
    await lockChannels(tx);
    const before = await readChannel(tx, channel.code);
    if (expectedVersion !== null && expectedVersion !== (before?.version ?? 0))
      return versionConflict('The channel', before?.version ?? 0);
    const serviceLevels = channel.serviceLevels ?? before?.serviceLevels ?? [];
    if (before && sameChannel(before, { ...channel, serviceLevels }))
      return { __typename: 'ChannelSaved' as const, channel: before };
    if (!before && (await countChannels(tx)) >= MAX_CHANNELS)
      return invalidInput('TOO_MANY', `There are ${MAX_CHANNELS} channels, which is all there can be.`, [
        'input',
        'code',
      ]);
    const after: ChannelRow = {
      ...channel,
      currencies: [...channel.currencies],
      countries: [...channel.countries],
      locales: [...channel.locales],
      locationIds: [...channel.locationIds],
      serviceLevels,
      version: (before?.version ?? 0) + 1,
    };
    await writeChannel(tx, after);
    await appendEvents(tx, 'products', [
      { topic: 'products.channel.changed', key: channel.code, payload: channelState(after) },
    ]);
    return { __typename: 'ChannelSaved' as const, channel: after };
  });
}

/** JSON that came from the database has its keys in another order. */
const inOrder = (levels: readonly ServiceLevel[]) =>
  levels.map(({ code, name, kind, minHours, maxHours }) => [code, name, kind, minHours, maxHours]);

const sameChannel = (before: ChannelInput, after: ChannelInput): boolean => {
  const compared = ({ name, currencies, countries, locales, locationIds, serviceLevels }: ChannelInput) =>
    JSON.stringify([name, currencies, countries, locales, locationIds, inOrder(serviceLevels ?? [])]);
  return compared(before) === compared(after);
};
