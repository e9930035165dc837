import { decodeCursor, encodeCursor, pageSize, toConnection } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { revisionChanges } from '../../domain/history/revision-changes.ts';
import { viewRevision } from '../../domain/history/revision.ts';
import type {
  ProductDraftResolvers,
  ProductResolvers,
  ProductRevisionResolvers,
  PublicationResolvers,
} from '../../generated/schema.ts';

const DEFAULT_REVISIONS = 20;
const MAX_REVISIONS = 50;

/** Fields of a product about its history and its plans. */
export const productHistory: Pick<ProductResolvers, 'publications' | 'revisions' | 'draft'> = {
  publications: ({ productId }, _, { loaders }) => loaders.publicationsOfProduct.load(productId),
  draft: ({ productId }, _, { loaders }) => loaders.draftOfProduct.load(productId),
  revisions: async ({ productId }, { first, after }, { loaders }) => {
    const size = pageSize(first, DEFAULT_REVISIONS, MAX_REVISIONS);
    const before = after == null ? null : readRevisionCursor(after);
    const rows = await loaders.revisions.load({ productId, before, limit: size + 1 });
    // The one behind the page is what the last one of it is compared with.
    const revisions = rows.map((row, index) => ({ ...row, previousVersion: rows[index + 1]?.version ?? null }));
    return toConnection(revisions, size, ({ version }) => encodeCursor([version]), before !== null);
  },
};

function readRevisionCursor(cursor: string): number {
  const [version] = decodeCursor(cursor, 1);
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1 || version > 2_147_483_647)
    throw badInput('This cursor is not one that this list gave out. Begin without a cursor.', ['after']);
  return version;
}

const by = ({
  role,
  subject,
  staffId,
  channel,
}: {
  readonly role: string;
  readonly subject: string;
  readonly staffId: string | null;
  readonly channel: string | null;
}) => ({ role, subject, staffId, channelCode: channel });

export const Publication: PublicationResolvers = {
  channel: async ({ channelCode }, _, { loaders }) => {
    const channel = await loaders.channel.load(channelCode);
    // A foreign key holds it.
    if (!channel) throw new Error(`channel ${channelCode} is gone`);
    return channel;
  },
};

export const ProductRevision: ProductRevisionResolvers = {
  by,
  content: async (revision, _, { loaders }) => {
    const row = await loaders.revisionContent.load(revision);
    return row && viewRevision(row.content);
  },
  changes: async ({ productId, version, previousVersion }, _, { loaders }) => {
    if (previousVersion === null) return [];
    const [before, after] = await Promise.all([
      loaders.revisionContent.load({ productId, version: previousVersion }),
      loaders.revisionContent.load({ productId, version }),
    ]);
    // One that went in the meantime was the oldest.
    return before && after ? revisionChanges(before.content, after.content) : [];
  },
};

export const ProductDraft: ProductDraftResolvers = { by };
