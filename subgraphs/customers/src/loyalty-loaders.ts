import { alignByKey } from '@kontor/kit/src/align.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import DataLoader from 'dataloader';
import { findRules } from './data/loyalty/rules.ts';
import { findEntries, findExpiring, findStandings, type EntriesOf, type ExpiringOf } from './data/loyalty/standings.ts';
import type { ExpiringPoints, LoyaltyEntry, LoyaltyStanding } from './domain/loyalty/loyalty-account.ts';
import type { LoyaltyRules } from './domain/loyalty/rules.ts';

const BATCH = 1_000;

/** What one request reads of the programme: a statement of each, however many people it is about. */
export interface LoyaltyLoaders {
  readonly loyaltyStandings: DataLoader<string, LoyaltyStanding | null>;
  readonly loyaltyEntries: DataLoader<EntriesOf, LoyaltyEntry[], string>;
  readonly expiringPoints: DataLoader<ExpiringOf, ExpiringPoints[], string>;
  /** The programme, read once. */
  readonly loyaltyRules: () => Promise<LoyaltyRules | null>;
}

/** Loaders of one request, key-aligned. */
export function createLoyaltyLoaders(db: Database): LoyaltyLoaders {
  let rules: Promise<LoyaltyRules | null> | undefined;
  return {
    loyaltyStandings: new DataLoader(
      async (ids) => alignByKey(ids, await findStandings(db.orm, ids.filter(isId)), ({ askedId }) => askedId),
      { maxBatchSize: BATCH },
    ),
    loyaltyEntries: new DataLoader((pages) => findEntries(db.orm, pages), {
      maxBatchSize: BATCH,
      cacheKeyFn: ({ accountId, after, most }) => `${accountId} ${after} ${most}`,
    }),
    expiringPoints: new DataLoader((asked) => findExpiring(db.orm, asked), {
      maxBatchSize: BATCH,
      cacheKeyFn: ({ accountId, withinDays }) => `${accountId} ${withinDays}`,
    }),
    loyaltyRules: () => (rules ??= findRules(db.orm)),
  };
}
