import { canonicalLocale, type BrokenRule } from '../channel-rules.ts';
import { isHandle } from '../editing/accept-line.ts';
import { cleanLine, cleanOptional } from '../text.ts';

/** Categories of one product. */
export const MAX_CATEGORIES_OF_PRODUCT = 20;
/** From a root down to the deepest category, both counted. */
export const MAX_DEPTH = 20;
/** Categories directly below one. Roots have no bound of their own. */
export const MAX_CHILDREN = 500;
export const MAX_CATEGORIES = 50_000;
/** The highest place that can be asked for; categories that are put behind others may go beyond. */
export const MAX_POSITION = 1_000_000;
const MAX_NAME_LENGTH = 255;
const MAX_REFERENCE_LENGTH = 255;
const MAX_LOCALES = 50;

/** What a category says of itself, wherever it stands. */
export interface CategoryTexts {
  readonly handle: string;
  readonly name: string;
  /** The name by locale. */
  readonly names: Readonly<Record<string, string>>;
  readonly externalReference: string | null;
}

/** Texts of a category as somebody wants them; what is absent stays. */
export interface CategoryTextsInput {
  readonly handle?: string | null | undefined;
  readonly name?: string | null | undefined;
  /** Null or empty for no other names. */
  readonly names?: readonly { readonly locale: string; readonly text: string }[] | null | undefined;
  readonly externalReference?: string | null | undefined;
}

type Accepted<Value> = { readonly value: Value } | { readonly broken: BrokenRule };

const broken = (field: string, code: string, message: string) => ({ broken: { field, code, message } });

/** Checks texts against those that are kept, or against nothing for a new category. @returns all of them as they are to be kept */
export function acceptCategoryTexts(input: CategoryTextsInput, kept: CategoryTexts | null): Accepted<CategoryTexts> {
  const handle = input.handle ?? kept?.handle;
  if (handle === undefined || !isHandle(handle))
    return broken(
      'handle',
      'INVALID_HANDLE',
      'A handle has 1 to 255 lower-case letters, digits, hyphens, dots and underscores.',
    );
  const name = acceptName(input.name ?? kept?.name ?? '');
  if (name === null) return broken('name', 'INVALID_NAME', `A category's name has 1 to ${MAX_NAME_LENGTH} characters.`);
  const names = input.names === undefined ? { value: kept?.names ?? {} } : acceptNames(input.names ?? []);
  if ('broken' in names) return names;
  const externalReference =
    input.externalReference === undefined ? (kept?.externalReference ?? null) : cleanOptional(input.externalReference);
  if (externalReference !== null && externalReference.length > MAX_REFERENCE_LENGTH)
    return broken(
      'externalReference',
      'INVALID_REFERENCE',
      `An external reference has at most ${MAX_REFERENCE_LENGTH} characters.`,
    );
  return { value: { handle, name, names: names.value, externalReference } };
}

/** A name as it is kept; null when it cannot be one. */
export function acceptName(text: string): string | null {
  const name = cleanLine(text);
  return name === '' || name.length > MAX_NAME_LENGTH ? null : name;
}

/** Names in other languages as they are kept, by locale in its order; or the rule that they break. */
export function acceptNames(
  names: readonly { readonly locale: string; readonly text: string }[],
): Accepted<Record<string, string>> {
  if (names.length > MAX_LOCALES)
    return broken('names', 'INVALID_COUNT', `A category has names in at most ${MAX_LOCALES} languages.`);
  const accepted = new Map<string, string>();
  for (const { locale, text } of names) {
    const tag = locale.length > MAX_NAME_LENGTH ? null : canonicalLocale(locale);
    if (tag === null)
      return broken('names', 'INVALID_LOCALE', `"${locale.slice(0, 20)}" is not a language tag of BCP 47.`);
    if (accepted.has(tag)) return broken('names', 'INVALID_LOCALE', `There are two names for ${tag}.`);
    const name = acceptName(text);
    if (name === null)
      return broken('names', 'INVALID_NAME', `The name for ${tag} has to have 1 to ${MAX_NAME_LENGTH} characters.`);
    accepted.set(tag, name);
  }
  // In order, so that the same names compare as the same.
  return { value: Object.fromEntries([...accepted].sort(([one], [other]) => (one < other ? -1 : 1))) };
}

/** Whether two categories are called the same in all other languages. */
export const sameNames = (before: CategoryTexts['names'], after: CategoryTexts['names']): boolean =>
  Object.keys(before).length === Object.keys(after).length &&
  Object.entries(after).every(([locale, name]) => before[locale] === name);

/** What is known of a place in the tree at which a category is to be. */
export interface Place {
  /** How many categories are on the way from the root to the new parent, both counted; 0 for a root. */
  readonly parentDepth: number;
  /** Whether the new parent is the category itself or below it. */
  readonly isBelowItself: boolean;
  /** Levels of the category and what is below it; 1 for a leaf. */
  readonly height: number;
  /** Other categories that have the same parent. */
  readonly siblings: number;
}

/** Why a category cannot stand at a place; null when it can. @param isRoot roots may be as many as there are */
export function placeRefusal(place: Place, isRoot: boolean): Pick<BrokenRule, 'code' | 'message'> | null {
  if (place.isBelowItself)
    return { code: 'CATEGORY_CYCLE', message: 'A category cannot be put below itself or what is below it.' };
  const depth = place.parentDepth + place.height;
  if (depth > MAX_DEPTH)
    return { code: 'TREE_TOO_DEEP', message: `The tree would have ${depth} levels there, and may have ${MAX_DEPTH}.` };
  if (!isRoot && place.siblings >= MAX_CHILDREN)
    return {
      code: 'TOO_MANY',
      message: `There are ${MAX_CHILDREN} categories below that one, which is all there can be.`,
    };
  return null;
}
