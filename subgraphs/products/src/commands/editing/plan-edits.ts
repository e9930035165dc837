import type { Tx } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { readSections } from '../../data/editing/sections.ts';
import { knownProducts } from '../../data/editing/references.ts';
import { findIdsByHandle } from '../../data/product-writes.ts';
import { readProductTypes } from '../../data/types/product-types.ts';
import { applyEdit, typeAfter, type WantedCore } from '../../domain/editing/apply-edit.ts';
import { applySections, sectionsOf, type SomeSections } from '../../domain/editing/apply-sections.ts';
import type { KeptProduct, SectionName } from '../../domain/editing/product-content.ts';
import type { ProductEdit } from '../../domain/editing/product-edit.ts';
import type { BrokenRule } from '../../domain/editing/rule.ts';
import type { ProductType } from '../../domain/types/attribute-definition.ts';
import { sanitiseHtml } from '../../sanitise-html.ts';

/** A product as it is and what an edit makes of it. */
export interface EditedProduct {
  readonly kept: KeptProduct;
  readonly edit: ProductEdit;
  /** Whether this transaction has made it: nothing belongs to it yet. */
  readonly isNew: boolean;
}

/** A product as it is and as it shall be. */
export interface PlannedProduct extends EditedProduct {
  readonly core: WantedCore;
  readonly keptSections: SomeSections;
  readonly sections: SomeSections;
}

/** The first rule that an edit breaks, by product. */
export type BrokenRules = Map<string, BrokenRule>;

/** The types that products have after their edits, by name; nobody changes them until the transaction ends. */
export const readTypesAfter = (
  tx: Tx,
  edited: readonly Pick<EditedProduct, 'kept' | 'edit'>[],
): Promise<Map<string, ProductType>> =>
  readProductTypes(tx, [...new Set(edited.flatMap(({ kept, edit }) => typeAfter(kept, edit) ?? []))]);

/** Lays an edit over the columns, variants and images of a product. */
export function planCore(
  { kept, edit }: Pick<EditedProduct, 'kept' | 'edit'>,
  types: ReadonlyMap<string, ProductType>,
) {
  const type = typeAfter(kept, edit);
  const definitions = type === null ? [] : (types.get(type)?.attributes ?? []);
  return applyEdit(kept, edit, { definitions, sanitise: sanitiseHtml, newId });
}

/**
 * Lays the sections of edits over what is kept of them, which is read for all products at once; what no edit gives is not read.
 * @param relatedBy what related products are called by. @param alsoRead sections to read besides those that are given.
 */
export async function planSections(
  tx: Tx,
  cores: readonly (EditedProduct & { readonly core: WantedCore })[],
  relatedBy: 'productIds' | 'handles',
  alsoRead: readonly SectionName[] = [],
): Promise<{ readonly planned: PlannedProduct[]; readonly broken: BrokenRules }> {
  const names = [...new Set([...alsoRead, ...cores.flatMap(({ edit }) => sectionsOf(edit.sections))])];
  const kept = await readSections(
    tx,
    cores.flatMap(({ kept: { productId }, isNew }) => (isNew ? [] : [productId])),
    names,
  );
  const idOf = await findRelated(tx, cores, relatedBy);
  const planned: PlannedProduct[] = [];
  const broken: BrokenRules = new Map();
  for (const each of cores) {
    const { productId } = each.kept;
    const keptSections = kept.get(productId) ?? {};
    const applied = applySections(productId, keptSections, each.edit.sections, { media: each.core.media, idOf });
    if ('broken' in applied) broken.set(productId, applied.broken);
    else planned.push({ ...each, keptSections, sections: applied.wanted });
  }
  return { planned, broken };
}

/** How to find the ids of all products that edits relate, in one statement. */
async function findRelated(tx: Tx, cores: readonly EditedProduct[], relatedBy: 'productIds' | 'handles') {
  const related = [
    ...new Set(cores.flatMap(({ edit }) => (edit.sections.relations ?? []).flatMap(({ products }) => products))),
  ];
  if (relatedBy === 'handles') {
    const ids = await findIdsByHandle(tx, related);
    return (handle: string) => ids.get(handle);
  }
  const known = await knownProducts(tx, related);
  return (id: string) => (known.has(id) ? id : undefined);
}
