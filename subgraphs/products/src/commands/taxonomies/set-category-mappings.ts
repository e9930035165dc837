import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound, versionConflict } from '@kontor/kit/src/errors.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { missingCategories } from '../../data/categories/product-categories.ts';
import { readMappings, writeMappings } from '../../data/taxonomies/mappings.ts';
import { lockTaxonomy, writeTaxonomy, type TaxonomyRow } from '../../data/taxonomies/taxonomies.ts';
import type { Author } from '../../domain/author.ts';
import {
  acceptMappings,
  isTaxonomyCode,
  type AcceptedMapping,
  type MappingInput,
} from '../../domain/taxonomies/mapping-rules.ts';

/** A change of a mapping: categories that are not named stay as they are. */
export interface MappingChange {
  readonly taxonomy: string;
  readonly mappings: readonly MappingInput[];
  /** The revision that the caller has seen; null to change whatever is there. */
  readonly expectedRevision?: number | null | undefined;
}

export type MappingOutcome =
  | { readonly __typename: 'MappingsSaved'; readonly taxonomy: TaxonomyRow; readonly changedCount: number }
  | ReturnType<typeof invalidInput>
  | ReturnType<typeof notFound>
  | ReturnType<typeof versionConflict>;

/**
 * Maps categories into a taxonomy, all or none, as its next revision. What is mapped so already begins no revision and emits nothing.
 * @param author whose staff id, or else subject, stands beside the mapping
 */
export async function setCategoryMappings(
  db: Database,
  change: MappingChange,
  author: Author,
): Promise<MappingOutcome> {
  const { expectedRevision = null } = change;
  const gone = notFound('There is no taxonomy with this code.', ['input', 'taxonomy']);
  if (!isTaxonomyCode(change.taxonomy)) return gone;
  const accepted = acceptMappings(change.mappings);
  if ('broken' in accepted) return invalidInput(accepted.broken.code, accepted.broken.message, accepted.broken.path);
  return inTransaction(db, async (tx): Promise<MappingOutcome> => {
    const taxonomy = await lockTaxonomy(tx, change.taxonomy);
    if (taxonomy === null) return gone;
    if (expectedRevision !== null && expectedRevision !== taxonomy.revision)
      return versionConflict('The mapping', taxonomy.revision, ['input', 'expectedRevision']);
    const categoryIds = accepted.value.map(({ categoryId }) => categoryId);
    const [missing] = await missingCategories(tx, categoryIds);
    if (missing !== undefined)
      return invalidInput('UNKNOWN_CATEGORY', `There is no category with the id ${missing}.`, [
        'input',
        'mappings',
        String(categoryIds.indexOf(missing)),
        'categoryId',
      ]);
    const kept = new Map((await readMappings(tx, taxonomy.code, categoryIds)).map((each) => [each.categoryId, each]));
    const changed = accepted.value.filter((mapping) => !sameMapping(kept.get(mapping.categoryId), mapping));
    if (changed.length === 0) return { __typename: 'MappingsSaved', taxonomy, changedCount: 0 };
    const after = { ...taxonomy, revision: taxonomy.revision + 1 };
    await writeTaxonomy(tx, after);
    await writeMappings(
      tx,
      { taxonomyCode: after.code, revision: after.revision },
      changed,
      author.staffId ?? author.subject,
    );
    await appendEvents(tx, 'products', [
      {
        topic: 'products.taxonomy.changed',
        key: after.code,
        payload: { taxonomy: after.code, revision: after.revision, cacheTags: [`taxonomy:${after.code}`] },
      },
    ]);
    return { __typename: 'MappingsSaved', taxonomy: after, changedCount: changed.length };
  });
}

/** Nothing kept and no target are the same: it is not mapped. */
const sameMapping = (kept: AcceptedMapping | undefined, wanted: AcceptedMapping): boolean =>
  (kept?.targetId ?? null) === wanted.targetId && (kept?.targetPath ?? null) === wanted.targetPath;
