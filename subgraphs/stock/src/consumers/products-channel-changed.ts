import type { Database } from '@kontor/kit/src/database.ts';
import { saveChannel, type ChannelRow } from '../data/channels.ts';

export const CHANNEL_CHANGED = 'products.channel.changed';

/** Keeps the channels' locations. Older revisions than what is kept change nothing, so repeats and disorder are harmless. */
export async function keepChannels(db: Database, channels: readonly ChannelRow[]): Promise<void> {
  for (const channel of channels) await saveChannel(db, channel);
}
