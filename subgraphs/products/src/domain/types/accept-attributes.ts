import { canonicalLocale } from '../channel-rules.ts';
import { MAX_LOCALE_LENGTH } from '../locale-chain.ts';
import { cleanLine } from '../text.ts';
import { acceptValue, recheckValue, ValueRefused } from './accept-value.ts';
import {
  ATTRIBUTE_LIMITS,
  type AttributeContent,
  type AttributeDefinition,
  type AttributeReference,
  type AttributeScope,
  type AttributeValues,
} from './attribute-definition.ts';
import { isSameJson } from './same-json.ts';

/** `AttributeInput` of the schema. */
export interface AttributeInput {
  readonly code: string;
  /** Null removes it. */
  readonly value?: unknown;
  /** For localizable ones: the language; null for the catalogue's own. */
  readonly locale?: string | null | undefined;
  readonly unit?: string | null | undefined;
}

/** What attributes are written on. */
export interface AttributeChange {
  /** Of the product's type, the retired ones too; none when nobody defined the type. */
  readonly definitions: readonly AttributeDefinition[];
  /** Whether these are the attributes of a product or of one variant. */
  readonly scope: AttributeScope;
  /** What the row has now; `{}` for a new one. */
  readonly kept: AttributeValues;
  /** Null to check what is kept. */
  readonly input: readonly AttributeInput[] | null | undefined;
  /** Whether required attributes may be missing, as in a draft. Not by default. */
  readonly mayBeIncomplete?: boolean;
}

/** Something that must exist before the values may be written. */
export interface ReferencedThing {
  readonly kind: AttributeReference;
  /** A UUID in lower case. */
  readonly id: string;
  /** Which entry of the input names it. */
  readonly index: number;
}

export type AcceptedAttributes =
  | { readonly values: AttributeValues; readonly references: readonly ReferencedThing[] }
  | {
      readonly broken: {
        readonly message: string;
        /** The entry of the input at fault; null when it is something that is kept, or that is missing. */
        readonly index: number | null;
      };
    };

class EntryRefused extends Error {
  readonly index: number | null;
  constructor(message: string, index: number | null) {
    super(message);
    this.index = index;
  }
}

const utf8 = new TextEncoder();

/**
 * Checks attributes against the definitions of a product's type, and lays what is given over what is kept. Values that are kept under
 * codes that are retired, or that the type does not have, stay as they are; the others are checked again, since rules change while
 * products stay, and required ones have to be there.
 * @param sanitise leaves of HTML what is safe to render
 * @returns all values as they are to be kept, and the new references, of which the caller checks that they exist; or the first rule that is
 *   broken
 */
export function acceptAttributes(change: AttributeChange, sanitise: (html: string) => string): AcceptedAttributes {
  try {
    return accept(change, sanitise);
  } catch (error) {
    if (error instanceof EntryRefused) return { broken: { message: error.message, index: error.index } };
    throw error;
  }
}

function accept(
  { definitions, scope, kept, input, mayBeIncomplete = false }: AttributeChange,
  sanitise: (html: string) => string,
): AcceptedAttributes {
  const entries = input ?? [];
  if (entries.length > ATTRIBUTE_LIMITS.entries)
    throw new EntryRefused(`There are more than ${ATTRIBUTE_LIMITS.entries} attributes.`, ATTRIBUTE_LIMITS.entries);
  const byCode = new Map(definitions.map((definition) => [definition.code, definition]));
  const values = new Map(Object.entries(kept));
  const written = new Set<string>();
  const references: ReferencedThing[] = [];
  for (const [index, entry] of entries.entries()) {
    const definition = definitionOf(byCode.get(entry.code), entry.code, scope, index);
    const locale = localeOf(definition, entry.locale, index);
    const place = locale === null ? entry.code : `${entry.code}:${locale}`;
    if (written.has(place)) throw new EntryRefused(`The attribute "${definition.code}" is given twice.`, index);
    written.add(place);
    const given = { value: entry.value ?? null, unit: entry.unit ?? null };
    const content = given.value === null ? null : orRefused(index, () => acceptValue(definition, given, sanitise));
    lay(values, definition, locale, content);
    if (content !== null && definition.referenceTo !== null)
      for (const id of [content].flat()) references.push({ kind: definition.referenceTo, id: String(id), index });
  }
  for (const definition of definitions)
    if (definition.scope === scope && !definition.isRetired) check(definition, values, written, mayBeIncomplete);
  const result: AttributeValues = Object.fromEntries(values);
  checkSize(result, scope);
  return { values: result, references };
}

function definitionOf(
  definition: AttributeDefinition | undefined,
  code: string,
  scope: AttributeScope,
  index: number,
): AttributeDefinition {
  const name = cleanLine(code.slice(0, 63));
  if (!definition) throw new EntryRefused(`Products of this type have no attribute "${name}".`, index);
  if (definition.isRetired) throw new EntryRefused(`The attribute "${name}" is retired.`, index);
  if (definition.scope !== scope)
    throw new EntryRefused(
      `The attribute "${name}" belongs to ${scope === 'PRODUCT' ? 'variants' : 'the product'}.`,
      index,
    );
  return definition;
}

/** Under which locale a value is kept: `''` for the catalogue's own; null when the attribute is not localizable. */
function localeOf(definition: AttributeDefinition, locale: string | null | undefined, index: number): string | null {
  const given = locale ?? null;
  if (!definition.isLocalizable) {
    if (given !== null) throw new EntryRefused(`The attribute "${definition.code}" is not localizable.`, index);
    return null;
  }
  if (given === null) return '';
  const tag = given.length <= MAX_LOCALE_LENGTH ? canonicalLocale(given) : null;
  if (tag === null)
    throw new EntryRefused(`"${cleanLine(given.slice(0, 20))}" is not a language tag of BCP 47.`, index);
  return tag;
}

/** Values that are kept by locale; nothing when what is kept is none of these. */
function byLocale(content: AttributeValues[string] | undefined): Map<string, AttributeContent> {
  const isByLocale = typeof content === 'object' && !Array.isArray(content);
  return new Map(isByLocale ? Object.entries(content as Readonly<Record<string, AttributeContent>>) : []);
}

function lay(
  values: Map<string, AttributeValues[string]>,
  { code }: AttributeDefinition,
  locale: string | null,
  content: AttributeContent | null,
): void {
  if (locale === null) {
    if (content === null) values.delete(code);
    else values.set(code, content);
    return;
  }
  const contents = byLocale(values.get(code));
  if (content === null) contents.delete(locale);
  else contents.set(locale, content);
  if (contents.size === 0) values.delete(code);
  else values.set(code, Object.fromEntries(contents));
}

/** Checks a value as it would be kept: whether it is there when it has to be, and whether what was there before keeps the rules. */
function check(
  definition: AttributeDefinition,
  values: ReadonlyMap<string, AttributeValues[string]>,
  written: ReadonlySet<string>,
  mayBeIncomplete: boolean,
): void {
  const { code, isLocalizable, isRequired } = definition;
  const content = values.get(code);
  const contents = isLocalizable ? byLocale(content) : null;
  if (contents && contents.size > ATTRIBUTE_LIMITS.locales)
    throw new EntryRefused(`The attribute "${code}" is in more than ${ATTRIBUTE_LIMITS.locales} languages.`, null);
  const isThere = contents ? contents.has('') : content !== undefined;
  if (isRequired && !isThere && !mayBeIncomplete)
    throw new EntryRefused(
      `The attribute "${code}" is required${isLocalizable ? " in the catalogue's own language" : ''}.`,
      null,
    );
  if (content === undefined) return;
  if (!contents) {
    if (!written.has(code)) orRefused(null, () => recheckValue(definition, content));
    return;
  }
  if (contents.size === 0)
    throw new EntryRefused(`The attribute "${code}" is localizable, and what is kept is not.`, null);
  for (const [locale, each] of contents)
    if (!written.has(`${code}:${locale}`)) orRefused(null, () => recheckValue(definition, each));
}

function checkSize(values: AttributeValues, scope: AttributeScope): void {
  const limit = scope === 'PRODUCT' ? ATTRIBUTE_LIMITS.productBytes : ATTRIBUTE_LIMITS.variantBytes;
  if (utf8.encode(JSON.stringify(values)).length > limit)
    throw new EntryRefused(
      `The attributes of a ${scope === 'PRODUCT' ? 'product' : 'variant'} take at most ${limit / 1_000} KB.`,
      null,
    );
}

function orRefused<T>(index: number | null, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof ValueRefused) throw new EntryRefused(error.message, index);
    throw error;
  }
}

/** Whether two sets of attributes are the same, whatever the order of their codes; lists compare in order. */
export const sameAttributes = (one: AttributeValues, other: AttributeValues): boolean => isSameJson(one, other);
