import { isId } from '@kontor/kit/src/ids.ts';
import { cleanLine } from '../text.ts';
import { acceptExternalReferences, acceptFeedFields, acceptTaxCategory } from './accept-details.ts';
import { EDIT_LIMITS, optionalLine } from './accept-line.ts';
import { acceptOptionWord, acceptOptionWordTexts } from './accept-words.ts';
import type { LocalizedTextInput, VariantDetailsInput } from './inputs.ts';
import type { OptionsEdit, VariantChange, VariantPatch } from './product-edit.ts';
import { at, each, rule } from './rule.ts';

const MAX_WEIGHT_GRAMS = 2_147_483_647;
/** Option values of one variant stand in one index entry, which PostgreSQL bounds at 2,704 bytes. */
const MAX_OPTION_BYTES = 2_000;
/** Changes of one input: every variant that there may be goes, and as many come. */
const MAX_CHANGES = 2 * EDIT_LIMITS.variants;

const utf8 = new TextEncoder();

/** A variant as the schemas give it; what is absent is not touched. */
interface GivenVariant extends VariantDetailsInput {
  readonly optionValues?: readonly string[] | null | undefined;
  readonly sku?: string | null | undefined;
  readonly barcode?: string | null | undefined;
  readonly weightGrams?: number | null | undefined;
  readonly imageUrl?: string | null | undefined;
}

/** A change of a variant as the schemas give it. */
export interface GivenVariantChange extends GivenVariant {
  /** Absent to add one. */
  readonly variantId?: string | null | undefined;
  readonly position?: number | null | undefined;
  readonly remove?: boolean | null | undefined;
}

/** An option as the schemas give it. */
export interface GivenOption {
  readonly name: string;
  readonly words?: readonly LocalizedTextInput[] | null | undefined;
  readonly values?:
    | readonly { readonly value: string; readonly words?: readonly LocalizedTextInput[] | null | undefined }[]
    | null
    | undefined;
}

/** How a variant is called in messages. */
export const nameOfVariant = (optionValues: readonly string[]): string =>
  cleanLine(optionValues.join(' / ').slice(0, 200)).slice(0, 100) || 'without options';

/** The lines of text of a variant, by what messages call them. */
const LINES = [
  ['sku', 'The SKU'],
  ['barcode', 'The barcode'],
  ['externalReference', 'The external reference'],
] as const;

/** What is given of a variant, clean. Imports bring thousands of these: it copies nothing. @throws a broken rule */
export function acceptVariant(given: GivenVariant, name: string): VariantPatch {
  const patch: { -readonly [Field in keyof VariantPatch]: VariantPatch[Field] } = {};
  const { optionValues, taxCategory, externalReferences, feedFields } = given;
  if (optionValues != null) patch.optionValues = at(['optionValues'], () => acceptOptionValues(optionValues));
  for (const [field, called] of LINES) {
    const text = given[field];
    if (text !== undefined)
      patch[field] = at([field], () => optionalLine(`${called} of the variant ${name}`, text, EDIT_LIMITS.label));
  }
  if (given.weightGrams !== undefined) patch.weightGrams = acceptWeight(given.weightGrams, name);
  if (taxCategory !== undefined) patch.taxCategory = at(['taxCategory'], () => acceptTaxCategory(taxCategory));
  if (given.requiresShipping != null) patch.requiresShipping = given.requiresShipping;
  if (externalReferences !== undefined)
    patch.externalReferences = at(['externalReferences'], () => acceptExternalReferences(externalReferences ?? []));
  if (given.imageUrl !== undefined) patch.imageUrl = given.imageUrl;
  if (feedFields !== undefined) patch.feedFields = at(['feedFields'], () => acceptFeedFields(feedFields));
  if (given.attributes != null) patch.attributes = given.attributes;
  return patch;
}

function acceptWeight(weightGrams: number | null, name: string): number | null {
  rule(
    weightGrams === null || (Number.isInteger(weightGrams) && weightGrams >= 0 && weightGrams <= MAX_WEIGHT_GRAMS),
    `The weight of the variant ${name} is not a whole number of grams.`,
  );
  return weightGrams;
}

function acceptOptionValues(optionValues: readonly string[]): string[] {
  const clean = optionValues.map(cleanLine);
  const name = nameOfVariant(clean);
  rule(
    clean.every((value) => value !== '' && value.length <= EDIT_LIMITS.label),
    `An option value of the variant ${name} does not have 1 to ${EDIT_LIMITS.label} characters.`,
  );
  rule(
    utf8.encode(clean.join('')).length <= MAX_OPTION_BYTES,
    `The option values of the variant ${name} are too long together.`,
  );
  return clean;
}

/** Names of options. @throws a broken rule */
export function acceptOptionNames(names: readonly string[]): string[] {
  const clean = names.map(cleanLine);
  rule(
    clean.length <= EDIT_LIMITS.options,
    `There are ${clean.length} options, and ${EDIT_LIMITS.options} are allowed.`,
  );
  rule(
    clean.every((name) => name !== '' && name.length <= EDIT_LIMITS.label),
    `An option name must have 1 to ${EDIT_LIMITS.label} characters.`,
  );
  rule(new Set(clean).size === clean.length, 'Two options have the same name.');
  return clean;
}

/** All options with their words, where each is given. @throws a broken rule */
export function acceptOptions(options: readonly GivenOption[]): OptionsEdit {
  const names = acceptOptionNames(options.map(({ name }) => name));
  const words: OptionsEdit['words'] = new Map(
    each(options, ({ name, words: texts, values }) => {
      rule((values ?? []).length <= EDIT_LIMITS.variants, `An option has more than ${EDIT_LIMITS.variants} values.`);
      const translated = (word: string, given: typeof texts) =>
        given === undefined ? [] : [[word, at(['words'], () => acceptOptionWordTexts(word, given ?? []))] as const];
      return [
        ...translated(cleanLine(name), texts),
        ...at(['values'], () =>
          each(values ?? [], ({ value, words: given }) =>
            translated(
              at(['value'], () => acceptOptionWord(value)),
              given,
            ),
          ),
        ).flat(),
      ];
    }).flat(),
  );
  return { names, renames: true, words, replacesWords: false };
}

/** Changes of variants, each at most once. @throws a broken rule */
export function acceptVariantChanges(changes: readonly GivenVariantChange[]): VariantChange[] {
  rule(changes.length <= MAX_CHANGES, `There are more than ${MAX_CHANGES} changes of variants.`);
  const seen = new Set<string>();
  return each(changes, (given) => {
    const variantId = given.variantId?.toLowerCase() ?? null;
    const remove = given.remove ?? false;
    at(['variantId'], () => {
      rule(variantId !== null || !remove, 'Name the variant that shall be removed.');
      rule(variantId === null || isId(variantId), noVariant(variantId ?? ''));
      rule(variantId === null || !seen.has(variantId), 'The variant is given twice.');
    });
    if (variantId !== null) seen.add(variantId);
    const position = given.position ?? null;
    at(['position'], () =>
      rule(position === null || (Number.isInteger(position) && position >= 0), 'A position is 0 or more.'),
    );
    return {
      variantId,
      remove,
      position,
      patch: acceptVariant(given, nameOfVariant(given.optionValues ?? [variantId ?? ''])),
    };
  });
}

/** What is said of a variant that the product does not have. */
export const noVariant = (variantId: string): string =>
  `The product has no variant with the id ${cleanLine(variantId.slice(0, 40))}.`;
