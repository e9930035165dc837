import { setTimeout } from 'node:timers/promises';
import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { ask, type GraphClient } from '@kontor/kit/src/graph/graph.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { saveChannel, type ChannelRow } from '../data/channels.ts';
import { ChannelStatesDocument } from '../generated/upstream-products.ts';

export const CHANNEL_CHANGED = 'products.channel.changed';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;

/** Keeps the channels' locations. Older revisions than what is kept change nothing, so repeats and disorder are harmless. */
export async function keepChannels(db: Database, channels: readonly ChannelRow[]): Promise<void> {
  for (const channel of channels) await saveChannel(db, channel);
}

/** Asks products for all channels, again with growing pauses until it answers. @returns how to stop asking. */
export function catchUpChannels(options: {
  readonly products: GraphClient;
  readonly logger: Logger;
  readonly onChannels: (channels: readonly ChannelRow[]) => Promise<void>;
}): () => Promise<void> {
  const { products, logger, onChannels } = options;
  const stopping = new AbortController();

  const run = async () => {
    for (let pauseMs = FIRST_PAUSE_MS; !stopping.signal.aborted; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        const call = { caller: serviceCaller('stock'), requestId: newId(), signal: stopping.signal };
        const { channelStates } = await ask(products, call, ChannelStatesDocument, {});
        await onChannels(channelStates);
        return;
      } catch (error) {
        if (stopping.signal.aborted) return;
        logger.info({ err: error, pauseMs }, 'products gave no channels yet and will be asked again');
        await setTimeout(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  };

  const running = run();
  return async () => {
    stopping.abort();
    await running;
  };
}
