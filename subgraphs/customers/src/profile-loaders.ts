import { groupByKey } from '@kontor/kit/src/align.ts';
import type { Database, Db } from '@kontor/kit/src/database.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import DataLoader from 'dataloader';
import { findAddresses } from './data/profile/addresses.ts';
import {
  findConsentHistory,
  findConsents,
  findNotes,
  findPreferences,
  type HistoryPage,
} from './data/profile/details.ts';
import { findMemberships, type Membership } from './data/profile/groups.ts';
import { findIdentities } from './data/profile/identities.ts';
import { findStatistics, type Statistics } from './data/profile/statistics.ts';
import type { Address } from './domain/profile/address.ts';
import type { Consent } from './domain/profile/consent.ts';
import type { Identity } from './domain/profile/identity.ts';
import type { Note } from './domain/profile/note.ts';
import type { Preference } from './domain/profile/preference.ts';

/** Fewer than of profiles: each has a list. */
const BATCH = 500;

/** What belongs to profiles, by the customer's id; each list is bounded by what is accepted of one person. */
export interface ProfileLoaders {
  readonly identities: DataLoader<string, Identity[]>;
  readonly addresses: DataLoader<string, Address[]>;
  readonly preferences: DataLoader<string, Preference[]>;
  readonly consents: DataLoader<string, Consent[]>;
  readonly consentHistory: DataLoader<HistoryPage, Consent[], string>;
  readonly memberships: DataLoader<string, Membership[]>;
  readonly statistics: DataLoader<string, Statistics[]>;
  readonly notes: DataLoader<string, Note[]>;
  /** Forgets what was read: a command has changed it, and the next one of the same request shows it again. */
  clear(): void;
}

const listsOf = <T extends { readonly customerId: string }>(
  db: Db,
  find: (db: Db, ids: readonly string[]) => Promise<T[]>,
): DataLoader<string, T[]> =>
  new DataLoader(async (ids) => groupByKey(ids, await find(db, ids.filter(isId)), ({ customerId }) => customerId), {
    maxBatchSize: BATCH,
  });

/** Loaders of one request for what belongs to profiles, one statement a batch. They ask nobody's permission. */
export function createProfileLoaders({ orm }: Database): ProfileLoaders {
  const loaders = {
    identities: listsOf(orm, findIdentities),
    addresses: listsOf(orm, findAddresses),
    preferences: listsOf(orm, findPreferences),
    consents: listsOf(orm, findConsents),
    consentHistory: new DataLoader<HistoryPage, Consent[], string>(
      async (pages) => groupByKey(Array.from(pages.keys()), await findConsentHistory(orm, pages), ({ page }) => page),
      { maxBatchSize: BATCH, cacheKeyFn: ({ customerId, limit, before }) => `${customerId}/${limit}/${before}` },
    ),
    memberships: listsOf(orm, findMemberships),
    statistics: listsOf(orm, findStatistics),
    notes: listsOf(orm, findNotes),
  };
  return {
    ...loaders,
    clear: () => {
      for (const loader of Object.values(loaders)) loader.clearAll();
    },
  };
}
