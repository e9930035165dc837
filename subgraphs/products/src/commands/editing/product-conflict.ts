import type { Tx } from '@kontor/kit/src/database.ts';
import { readRevisionsSince } from '../../data/editing/recent-revisions.ts';
import { readProducts } from '../../data/product-writes.ts';
import { findConflicts, type FieldConflict } from '../../domain/editing/find-conflicts.ts';
import { SECTION_NAMES, type KeptProduct, type SectionContents } from '../../domain/editing/product-content.ts';
import type { ProductEdit } from '../../domain/editing/product-edit.ts';
import type { BrokenRule } from '../../domain/editing/rule.ts';
import { fieldsOf, productOfRevision } from '../../domain/editing/product-fields.ts';
import type { SomeSections } from '../../domain/editing/apply-sections.ts';
import type { LockedProduct } from '../change-product.ts';
import { planCore, planSections, readTypesAfter } from './plan-edits.ts';

/** So many revisions between the two versions are looked at for who changed what. */
const MAX_REVISIONS = 20;

/**
 * What an edit of a product comes up against that has changed since: both sides of each field that both change. Nothing is written.
 * @param baseVersion that the editor has seen
 */
export async function productConflict(
  tx: Tx,
  { productId, version }: LockedProduct,
  baseVersion: number,
  edit: ProductEdit,
) {
  const [kept] = await readProducts(tx, [productId]);
  const found = await conflictsOf(tx, kept!, baseVersion, edit);
  const fields = 'broken' in found ? [] : found.fields;
  return {
    __typename: 'ProductConflict' as const,
    code: 'PRODUCT_CONFLICT',
    message: `The product has changed since you read it and is now at version ${version}. ${whatToDo(found)}`,
    path: ['input', 'expectedVersion'],
    currentVersion: version,
    productId,
    fields,
  };
}

type Found = { readonly fields: FieldConflict[] } | { readonly broken: BrokenRule };

function whatToDo(found: Found): string {
  if ('broken' in found) return `Your change does not fit it any more: ${found.broken.message} Read it again.`;
  return found.fields.length > 0
    ? `You and others changed the same fields: decide on each, and repeat with that version.`
    : 'Nobody changed the fields that you change: repeat with that version.';
}

async function conflictsOf(tx: Tx, kept: KeptProduct, baseVersion: number, edit: ProductEdit): Promise<Found> {
  const planned = planCore({ kept, edit }, await readTypesAfter(tx, [{ kept, edit }]));
  if ('broken' in planned) return planned;
  const plans = await planSections(
    tx,
    [{ kept, edit, isNew: false, core: planned.wanted }],
    'productIds',
    SECTION_NAMES,
  );
  const plan = plans.planned[0];
  if (!plan) return { broken: plans.broken.get(kept.productId)! };
  const revisions = (await readRevisionsSince(tx, kept.productId, baseVersion, MAX_REVISIONS)).map((revision) => ({
    ...revision,
    fields: fieldsOf(productOfRevision(revision.content)),
  }));
  const oldest = revisions.at(-1);
  const fields = findConflicts(
    fieldsOf({ ...kept, sections: whole(plan.keptSections) }),
    fieldsOf({ ...plan.core, sections: whole({ ...plan.keptSections, ...plan.sections }) }),
    oldest?.version === baseVersion ? oldest.fields : null,
    revisions,
  );
  return { fields };
}

const NOTHING: SectionContents = { texts: [], channelMedia: [], categoryIds: [], relations: [] };
const whole = (sections: SomeSections): SectionContents => ({ ...NOTHING, ...sections });
