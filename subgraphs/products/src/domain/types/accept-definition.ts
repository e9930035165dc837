import { canonicalLocale } from '../channel-rules.ts';
import { MAX_LOCALE_LENGTH } from '../locale-chain.ts';
import { cleanLine } from '../text.ts';
import {
  ATTRIBUTE_LIMITS,
  type AttributeDefinition,
  type AttributeKind,
  type AttributeOption,
  type AttributeReference,
  type AttributeScope,
  type TextByLocale,
} from './attribute-definition.ts';
import { dimensionOf } from './measure-units.ts';

/** `LocalizedTextInput` of the schema. */
export interface LocalizedTextInput {
  readonly locale: string;
  readonly text: string;
}

/** `AttributeDefinitionInput` of the schema. */
export interface AttributeDefinitionInput {
  readonly code: string;
  /** Null to leave them as they are. */
  readonly labels?: readonly LocalizedTextInput[] | null | undefined;
  readonly kind: AttributeKind;
  /** PRODUCT when absent; the others are false then. */
  readonly scope?: AttributeScope | undefined;
  readonly isLocalizable?: boolean | undefined;
  readonly isRequired?: boolean | undefined;
  readonly isList?: boolean | undefined;
  readonly isFilterable?: boolean | undefined;
  readonly isSearchable?: boolean | undefined;
  readonly unit?: string | null | undefined;
  readonly options?: readonly AttributeOptionInput[] | null | undefined;
  readonly minimum?: number | null | undefined;
  readonly maximum?: number | null | undefined;
  readonly maximumLength?: number | null | undefined;
  readonly referenceTo?: AttributeReference | null | undefined;
}

/** `AttributeOptionInput` of the schema. */
export interface AttributeOptionInput {
  readonly code: string;
  readonly labels?: readonly LocalizedTextInput[] | null | undefined;
}

/** A rule that a definition breaks. */
export class DefinitionRefused extends Error {
  readonly code: string;
  /** Below the definition, outermost first. */
  readonly path: readonly string[];
  constructor(code: string, message: string, path: readonly string[]) {
    super(message);
    this.code = code;
    this.path = path;
  }
}

const MEANING = ['kind', 'scope', 'isLocalizable', 'isList', 'unit', 'referenceTo'] as const;
type Meaning = (typeof MEANING)[number];

const CODE = /^[a-z][a-z0-9_]{0,62}$/;
const OPTION_CODE = /^[\p{L}\p{N}][\p{L}\p{N}\p{M}_.-]{0,62}$/u;

/**
 * An attribute as it is kept, from what somebody wants of it and what there was of that code.
 * @throws DefinitionRefused
 */
export function acceptDefinition(
  input: AttributeDefinitionInput,
  before: AttributeDefinition | undefined,
): AttributeDefinition {
  const { code, kind, isRequired = false, isFilterable = false, isSearchable = false } = input;
  if (!CODE.test(code))
    throw new DefinitionRefused(
      'INVALID_CODE',
      'The code of an attribute is 1 to 63 lower-case letters, digits and underscores, beginning with a letter.',
      ['code'],
    );
  const meaning = {
    kind,
    scope: input.scope ?? 'PRODUCT',
    isLocalizable: input.isLocalizable ?? false,
    isList: input.isList ?? false,
    unit: acceptUnit(input),
    referenceTo: acceptReferenceTo(input),
  } as const;
  if (before) refuseOtherMeaning(meaning, before);
  if (kind === 'RICH_TEXT' && isFilterable)
    throw new DefinitionRefused('NOT_FILTERABLE', `Nobody can choose rich text of "${code}" from a list.`, [
      'isFilterable',
    ]);
  return {
    code,
    labels: acceptLabels(input.labels, before?.labels),
    ...meaning,
    isRequired,
    isFilterable,
    isSearchable,
    isRetired: false,
    options: acceptOptions(input, before?.options),
    ...acceptBounds(input),
    maximumLength: acceptMaximumLength(input),
  };
}

/** Values that are kept keep their meaning: what decides it is decided once. */
function refuseOtherMeaning(meaning: Pick<AttributeDefinition, Meaning>, before: AttributeDefinition): void {
  const changed = MEANING.find((field) => meaning[field] !== before[field]);
  if (changed !== undefined)
    throw new DefinitionRefused(
      'ATTRIBUTE_FIXED',
      `The attribute "${before.code}" was made with ${changed} ${String(before[changed])}, which cannot change${before.isRetired ? ', though it is retired' : ''}. Choose another code.`,
      [changed],
    );
}

/** Labels by locale in canonical writing; those that are there when none are given. */
export function acceptLabels(
  labels: readonly LocalizedTextInput[] | null | undefined,
  before: TextByLocale | undefined,
): TextByLocale {
  if (labels == null) return before ?? {};
  const refused = (message: string) => new DefinitionRefused('INVALID_LABEL', message, ['labels']);
  if (labels.length > ATTRIBUTE_LIMITS.locales)
    throw refused(`There are labels in more than ${ATTRIBUTE_LIMITS.locales} languages.`);
  const accepted = new Map<string, string>();
  for (const { locale, text } of labels) {
    const tag = locale.length <= MAX_LOCALE_LENGTH ? canonicalLocale(locale) : null;
    if (tag === null) throw refused(`"${cleanLine(locale.slice(0, 20))}" is not a language tag of BCP 47.`);
    if (accepted.has(tag)) throw refused(`There are two labels in ${tag}.`);
    const label = cleanLine(text);
    if (label === '' || label.length > ATTRIBUTE_LIMITS.label)
      throw refused(`A label has 1 to ${ATTRIBUTE_LIMITS.label} characters.`);
    accepted.set(tag, label);
  }
  return Object.fromEntries(accepted);
}

function acceptUnit({ code, kind, unit }: AttributeDefinitionInput): string | null {
  if (kind !== 'MEASURE') return only('MEASURE', 'unit', unit);
  if (unit == null || dimensionOf(unit) === null)
    throw new DefinitionRefused('INVALID_UNIT', `The measure "${code}" needs a unit, such as g, cm, l, W or °C.`, [
      'unit',
    ]);
  return unit;
}

function acceptReferenceTo({ code, kind, referenceTo }: AttributeDefinitionInput): AttributeReference | null {
  if (kind !== 'REFERENCE') return only('REFERENCE', 'referenceTo', referenceTo);
  if (referenceTo == null)
    throw new DefinitionRefused('REFERENCE_NEEDED', `What does "${code}" refer to?`, ['referenceTo']);
  return referenceTo;
}

function acceptOptions(
  { code, kind, options }: AttributeDefinitionInput,
  before: readonly AttributeOption[] | undefined,
): readonly AttributeOption[] {
  if (kind !== 'ENUM') return only('ENUM', 'options', options) ?? [];
  if (options == null && before) return before;
  const count = options?.length ?? 0;
  if (count < 1 || count > ATTRIBUTE_LIMITS.options)
    throw new DefinitionRefused('INVALID_COUNT', `"${code}" has 1 to ${ATTRIBUTE_LIMITS.options} options.`, [
      'options',
    ]);
  const known = new Map(before?.map((option) => [option.code, option]));
  const accepted = new Map<string, AttributeOption>();
  for (const option of options ?? []) {
    if (!OPTION_CODE.test(option.code))
      throw new DefinitionRefused(
        'INVALID_CODE',
        'The code of an option is 1 to 63 letters, digits, hyphens, dots and underscores, beginning with a letter or digit.',
        ['options'],
      );
    if (accepted.has(option.code))
      throw new DefinitionRefused('OPTION_TWICE', `The option "${option.code}" of "${code}" occurs twice.`, [
        'options',
      ]);
    accepted.set(option.code, {
      code: option.code,
      labels: acceptLabels(option.labels, known.get(option.code)?.labels),
    });
  }
  return [...accepted.values()];
}

function acceptBounds({ code, kind, minimum = null, maximum = null }: AttributeDefinitionInput) {
  if (kind !== 'NUMBER' && kind !== 'MEASURE')
    return {
      minimum: only('NUMBER and MEASURE', 'minimum', minimum),
      maximum: only('NUMBER and MEASURE', 'maximum', maximum),
    };
  for (const [field, bound] of Object.entries({ minimum, maximum }))
    if (bound !== null && !(Math.abs(bound) <= ATTRIBUTE_LIMITS.number))
      throw new DefinitionRefused('INVALID_BOUND', `A bound is a number up to ${ATTRIBUTE_LIMITS.number}.`, [field]);
  if (minimum !== null && maximum !== null && minimum > maximum)
    throw new DefinitionRefused('INVALID_BOUND', `Nothing is between the bounds of "${code}".`, ['minimum']);
  return { minimum, maximum };
}

function acceptMaximumLength({ kind, maximumLength }: AttributeDefinitionInput): number | null {
  if (kind !== 'TEXT' && kind !== 'RICH_TEXT') return only('TEXT and RICH_TEXT', 'maximumLength', maximumLength);
  const limit = kind === 'TEXT' ? ATTRIBUTE_LIMITS.text : ATTRIBUTE_LIMITS.richText;
  if (maximumLength == null) return null;
  if (!Number.isInteger(maximumLength) || maximumLength < 1 || maximumLength > limit)
    throw new DefinitionRefused('INVALID_BOUND', `A length is 1 to ${limit}.`, ['maximumLength']);
  return maximumLength;
}

/** What an attribute of another kind has of a field: nothing. */
function only(kinds: string, field: string, given: unknown): null {
  if (given != null && !(Array.isArray(given) && given.length === 0))
    throw new DefinitionRefused('FIELD_OF_OTHER_KIND', `Only ${kinds} has ${field}.`, [field]);
  return null;
}
