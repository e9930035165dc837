import { EDIT_LIMITS } from './accept-line.ts';
import { nameOfVariant, noVariant } from './accept-variants.ts';
import { layFeedFields } from './accept-details.ts';
import { matchOptions, moveOptionValues } from './lay-options.ts';
import type { KeptVariant, ProductCore } from './product-content.ts';
import type { ProductEdit, VariantChange, VariantPatch, VariantsEdit } from './product-edit.ts';
import { at, broken, each, rule } from './rule.ts';

/** A variant with what is given of it, before its image and its attributes are looked at. */
export interface LaidVariant {
  readonly variant: KeptVariant;
  readonly patch: VariantPatch;
  /** The place of what is given in the input; null for one that only comes along. */
  readonly index: number | null;
}

const NEW_VARIANT = {
  position: 0,
  sku: null,
  barcode: null,
  weightGrams: null,
  mediaId: null,
  taxCategory: null,
  requiresShipping: true,
  externalReference: null,
  attributes: {},
  externalReferences: {},
  feedFields: {},
} as const;

/**
 * The variants of a product as they are after an edit, in order. Ids are permanent: of a list of all, a variant keeps its id by its option
 * values; otherwise by name, whatever its option values become.
 * @param names the options as they are after the edit. @throws a broken rule
 */
export function layVariants(
  kept: ProductCore,
  edit: Pick<ProductEdit, 'options' | 'variants'>,
  names: readonly string[],
  newId: () => string,
): LaidVariant[] {
  if (edit.variants?.kind === 'all') return layAll(kept.variants, edit.variants, newId);
  const changes = edit.variants?.changes ?? [];
  if (changes.length === 0 && edit.options === null) return kept.variants.map(asKept);
  const laid = at(['variants'], () => layChanges(kept, changes, names, newId));
  return ordered(laid, changes).map((each, position) => ({ ...each, variant: { ...each.variant, position } }));
}

const asKept = (variant: KeptVariant): LaidVariant => ({ variant, patch: {}, index: null });

function layAll(
  kept: readonly KeptVariant[],
  { variants }: Extract<VariantsEdit, { kind: 'all' }>,
  newId: () => string,
): LaidVariant[] {
  const before = new Map(kept.map((variant) => [JSON.stringify(variant.optionValues), variant]));
  return variants.map((patch, position) => {
    const { optionValues } = patch;
    const old = before.get(JSON.stringify(optionValues)) ?? { ...NEW_VARIANT, variantId: newId(), optionValues };
    return { variant: { ...withPatch(old, patch), position }, patch, index: position };
  });
}

function layChanges(
  kept: ProductCore,
  changes: readonly VariantChange[],
  names: readonly string[],
  newId: () => string,
): LaidVariant[] {
  const known = new Set(kept.variants.map(({ variantId }) => variantId));
  each(changes, ({ variantId }) => {
    if (variantId !== null && !known.has(variantId)) throw broken(noVariant(variantId), ['variantId']);
  });
  const byId = new Map(
    changes.flatMap((change, index) => (change.variantId ? [[change.variantId, { change, index }]] : [])),
  );
  const places = matchOptions(kept.content.optionNames, names);
  const staying = kept.variants.flatMap((variant): LaidVariant[] => {
    const { change, index } = byId.get(variant.variantId) ?? { change: null, index: null };
    if (change?.remove) return [];
    const optionValues = change?.patch.optionValues ?? moved(variant, places, names, index);
    const patch = change?.patch ?? {};
    return [{ variant: { ...withPatch(variant, patch), optionValues }, patch, index }];
  });
  const added = changes.flatMap(({ variantId, patch }, index): LaidVariant[] => {
    if (variantId !== null) return [];
    const optionValues = patch.optionValues ?? [];
    return [{ variant: withPatch({ ...NEW_VARIANT, variantId: newId(), optionValues }, patch), patch, index }];
  });
  const laid = [...staying, ...added];
  checkVariants(laid, names);
  return laid;
}

function moved(
  { optionValues }: KeptVariant,
  places: readonly (number | null)[],
  names: readonly string[],
  index: number | null,
): string[] {
  const values = moveOptionValues(optionValues, places);
  const missing = values.indexOf(null);
  if (missing >= 0)
    throw broken(
      `The variant ${nameOfVariant(optionValues)} needs a value for the option ${names[missing] ?? ''}.`,
      index === null ? [] : [String(index), 'optionValues'],
    );
  return values as string[];
}

function checkVariants(laid: readonly LaidVariant[], names: readonly string[]): void {
  rule(laid.length > 0, 'A product has at least one variant.');
  rule(
    laid.length <= EDIT_LIMITS.variants,
    `There would be ${laid.length} variants, and ${EDIT_LIMITS.variants} are allowed.`,
  );
  const seen = new Set<string>();
  for (const { variant, index } of laid) {
    const { optionValues } = variant;
    const name = nameOfVariant(optionValues);
    const path = index === null ? [] : [String(index), 'optionValues'];
    if (optionValues.length !== names.length)
      throw broken(`The variant ${name} has ${optionValues.length} option values for ${names.length} options.`, path);
    const key = JSON.stringify(optionValues);
    if (seen.has(key)) throw broken(`The variant ${name} occurs twice.`, path);
    seen.add(key);
  }
}

/** Variants in the order that they shall have: those with a place take it, the others stay in their order around them. */
function ordered(laid: readonly LaidVariant[], changes: readonly VariantChange[]): LaidVariant[] {
  const placeOf = ({ index }: LaidVariant) => (index === null ? null : (changes[index]?.position ?? null));
  const list = laid.filter((each) => placeOf(each) === null);
  // The first place first: each then stands where it shall, since nothing is put in before it any more.
  const placed = laid.filter((each) => placeOf(each) !== null).sort((one, other) => placeOf(one)! - placeOf(other)!);
  for (const each of placed) list.splice(placeOf(each)!, 0, each);
  return list;
}

/** A variant with what is given of its own columns: its image and its attributes come later. */
const withPatch = (variant: KeptVariant, patch: VariantPatch): KeptVariant => ({
  variantId: variant.variantId,
  position: variant.position,
  optionValues: variant.optionValues,
  sku: patch.sku === undefined ? variant.sku : patch.sku,
  barcode: patch.barcode === undefined ? variant.barcode : patch.barcode,
  weightGrams: patch.weightGrams === undefined ? variant.weightGrams : patch.weightGrams,
  mediaId: variant.mediaId,
  taxCategory: patch.taxCategory === undefined ? variant.taxCategory : patch.taxCategory,
  requiresShipping: patch.requiresShipping ?? variant.requiresShipping,
  externalReference: patch.externalReference === undefined ? variant.externalReference : patch.externalReference,
  attributes: variant.attributes,
  externalReferences: patch.externalReferences ?? variant.externalReferences,
  feedFields: layFeedFields(variant.feedFields, patch.feedFields),
});
