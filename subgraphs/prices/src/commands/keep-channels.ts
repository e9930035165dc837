import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { lockChannels, saveChannels } from '../data/channels.ts';
import { recordPriceChanges } from '../data/price-changes.ts';
import { isPricedAlike, newestStates, type ChannelProjection } from '../domain/channel-projection.ts';

/**
 * Keeps what is newer of channels, in one transaction. Where a channel sells in other currencies than before, or to another country first,
 * all of its prices may be others, and readers of changes begin again.
 */
export function keepChannels(db: Database, states: readonly ChannelProjection[]): Promise<void> {
  const newest = newestStates(states);
  return inTransaction(db, async (tx) => {
    const kept = await lockChannels(
      tx,
      newest.map(({ code }) => code),
    );
    await saveChannels(tx, newest);
    const before = new Map(kept.map((state) => [state.code, state]));
    const isChanged = newest.some((state) => {
      const former = before.get(state.code);
      return !former || (former.revision < state.revision && !isPricedAlike(former, state));
    });
    if (isChanged) await recordPriceChanges(tx, null);
  });
}
