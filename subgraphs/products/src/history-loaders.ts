import { alignByKey, groupByKey } from '@kontor/kit/src/align.ts';
import DataLoader from 'dataloader';
import type { Sql } from 'postgres';
import { findDrafts } from './data/history/drafts.ts';
import { findRevisionContents, findRevisions, type RevisionKey, type RevisionPage } from './data/history/revisions.ts';
import { findPublicationsOfProducts } from './data/publications.ts';

/** Fewer than of products: each has a list. */
const BATCH = 500;
/** What a revision holds may be large. */
const CONTENTS = 100;

const keyOf = ({ productId, version }: RevisionKey) => `${productId} ${version}`;

/** Loaders of one request for the history of products and what is planned of them, one statement a batch. They ask nobody's permission. */
export const createHistoryLoaders = (sql: Sql) => ({
  publicationsOfProduct: new DataLoader(
    async (ids: readonly string[]) =>
      groupByKey(ids, await findPublicationsOfProducts(sql, ids), ({ productId }) => productId),
    { maxBatchSize: BATCH },
  ),
  draftOfProduct: new DataLoader(
    async (ids: readonly string[]) => alignByKey(ids, await findDrafts(sql, ids), ({ productId }) => productId),
    { maxBatchSize: BATCH },
  ),
  revisions: new DataLoader(
    async (pages: readonly RevisionPage[]) =>
      groupByKey(Array.from(pages.keys()), await findRevisions(sql, pages), ({ page }) => page),
    { maxBatchSize: BATCH, cacheKeyFn: ({ productId, before, limit }) => `${productId} ${before} ${limit}` },
  ),
  revisionContent: new DataLoader(
    async (keys: readonly RevisionKey[]) => alignByKey(keys.map(keyOf), await findRevisionContents(sql, keys), keyOf),
    { maxBatchSize: CONTENTS, cacheKeyFn: keyOf },
  ),
});
