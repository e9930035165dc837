import { viewRevision, type RevisionContent, type RevisionView } from './revision.ts';

/** Something that differs between two revisions. */
export interface RevisionChange {
  /** Where it stands, outermost first, such as `variants`, the variant's id, `sku`. */
  readonly path: string[];
  /** Null where there was nothing. */
  readonly before: unknown;
  /** Null where there is nothing any more. */
  readonly after: unknown;
}

export const MAX_CHANGES = 100;
/** What lies deeper is compared as a whole. */
const MAX_DEPTH = 8;

type Tree = Readonly<Record<string, unknown>>;

/** Rows by what tells them apart: two revisions are compared row by row, whatever came in between. */
const byKey = (rows: readonly RevisionView[], keyOf: (row: RevisionView) => string): Tree =>
  Object.fromEntries(rows.map(({ position: _, ...row }) => [keyOf(row), row]));

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Lists in their order, by what they belong to. */
const listsBy = (rows: readonly RevisionView[], owner: string, member: string): Tree =>
  Object.fromEntries(
    [...Map.groupBy(rows, (row) => textOf(row[owner]))].map(([key, members]) => [
      key,
      members.map((row) => row[member]),
    ]),
  );

function treeOf(content: RevisionContent): Tree {
  const view = viewRevision(content);
  const rows = (name: string) => view[name] as readonly RevisionView[];
  const idsOf = (name: string, id: string) => rows(name).map((row) => row[id]);
  return {
    ...view,
    variants: byKey(rows('variants'), (row) => textOf(row['variantId'])),
    variantOrder: idsOf('variants', 'variantId'),
    media: byKey(rows('media'), (row) => textOf(row['mediaId'])),
    mediaOrder: idsOf('media', 'mediaId'),
    components: Object.fromEntries(
      [...Map.groupBy(rows('components'), (row) => textOf(row['variantId']))].map(([bundleId, parts]) => [
        bundleId,
        Object.fromEntries(parts.map((part) => [textOf(part['componentVariantId']), part['quantity']])),
      ]),
    ),
    texts: byKey(rows('texts'), (row) => `${textOf(row['channelCode'])}/${textOf(row['locale'])}`),
    channelMedia: listsBy(rows('channelMedia'), 'channelCode', 'mediaId'),
    relations: listsBy(rows('relations'), 'kind', 'relatedProductId'),
    publications: byKey(rows('publications'), (row) => textOf(row['channelCode'])),
  };
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether two values say the same. PostgreSQL gives the keys of objects in one order. */
const same = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

/**
 * What differs between two revisions of a product, at most 100 differences: fields in the order of their names, rows by what tells them
 * apart, and the order of variants and images as one.
 */
export function revisionChanges(before: RevisionContent, after: RevisionContent): RevisionChange[] {
  const changes: RevisionChange[] = [];
  const compare = (path: string[], left: unknown, right: unknown): void => {
    if (changes.length >= MAX_CHANGES || same(left, right)) return;
    if (!isTree(left) || !isTree(right) || path.length >= MAX_DEPTH) {
      changes.push({ path, before: left, after: right });
      return;
    }
    const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort();
    for (const key of keys)
      compare(
        [...path, key],
        Object.hasOwn(left, key) ? left[key] : null,
        Object.hasOwn(right, key) ? right[key] : null,
      );
  };
  compare([], treeOf(before), treeOf(after));
  return changes;
}
