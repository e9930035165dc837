import { noteCaughtUp, readFeedTurn, type CaughtUp } from '../data/feeds/sources.ts';
import { advanceChannel, type Feed } from './advance-channel.ts';
import { faultCode } from './fault-code.ts';

/** What says that nobody answers: asking for the next channel would fail, too, and take as long. */
const OUTAGES: ReadonlySet<string | null> = new Set(['SERVICE_UNAVAILABLE', 'TIMEOUT']);

/**
 * One turn of a feed over all channels. A channel that fails is left where it is, and the others have their turn all the same, unless the
 * source is down.
 * @returns whether there is more to do at once. @throws what the first failure was, at the end.
 */
export async function turnFeed(feed: Feed): Promise<boolean> {
  const { db, source, signal } = feed;
  const { now, lastChange, states } = await readFeedTurn(db, source.name);
  const caughtUp: CaughtUp[] = [];
  const failures: unknown[] = [];
  let hasMore = false;
  for (const state of states) {
    if (signal.aborted) break;
    try {
      const end = await advanceChannel(feed, state, lastChange);
      if (end === 'more') hasMore = true;
      else caughtUp.push(end);
    } catch (error) {
      failures.push(error);
      if (OUTAGES.has(faultCode(error))) break;
    }
  }
  await noteCaughtUp(db, source.name, caughtUp, now);
  if (failures.length > 0) throw failures[0];
  return hasMore;
}
