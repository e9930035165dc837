import { isId } from '@kontor/kit/src/ids.ts';
import { cleanBlock, cleanLine } from '../text.ts';
import {
  ATTRIBUTE_LIMITS,
  type AttributeContent,
  type AttributeDefinition,
  type AttributeScalar,
} from './attribute-definition.ts';
import { convertMeasure, dimensionOf } from './measure-units.ts';

/** A value as somebody wants it. */
export interface GivenValue {
  readonly value: unknown;
  /** With MEASURE: the unit that the value is in; null for the definition's. */
  readonly unit: string | null;
}

/** Thrown by the checks of one value; `acceptAttributes` turns it into its answer. */
export class ValueRefused extends Error {}

/**
 * The value of an attribute as it is kept, from JSON of any shape. An empty list is null: nothing.
 * @throws ValueRefused with a sentence that begins with the attribute
 */
export function acceptValue(
  definition: AttributeDefinition,
  { value, unit }: GivenValue,
  sanitise: (html: string) => string,
): AttributeContent | null {
  const one = (each: unknown) => acceptScalar(definition, { value: each, unit }, sanitise);
  if (!definition.isList) {
    refuse(definition, Array.isArray(value), 'has one value, not a list');
    return one(value);
  }
  if (!Array.isArray(value)) throw refusal(definition, 'takes a list');
  refuse(definition, value.length > ATTRIBUTE_LIMITS.listed, `takes at most ${ATTRIBUTE_LIMITS.listed} values`);
  const list = value.map(one);
  const kept = definition.kind === 'ENUM' || definition.kind === 'REFERENCE' ? [...new Set(list)] : list;
  return kept.length > 0 ? kept : null;
}

/**
 * Whether a value that is kept still keeps the rules of its definition, which may have become stricter, or be another one of the same code
 * since the product changed its type.
 * @throws ValueRefused as `acceptValue` does
 */
export function recheckValue(definition: AttributeDefinition, content: unknown): void {
  // What is kept was sanitised and converted when it came.
  acceptValue(definition, { value: content, unit: null }, (html) => html);
}

function acceptScalar(
  definition: AttributeDefinition,
  given: GivenValue,
  sanitise: (html: string) => string,
): AttributeScalar {
  const { kind } = definition;
  refuse(definition, given.unit !== null && kind !== 'MEASURE', 'has no unit');
  switch (kind) {
    case 'TEXT':
      return acceptText(definition, cleanLine(textOf(definition, given.value)), ATTRIBUTE_LIMITS.text);
    case 'RICH_TEXT':
      return acceptRichText(definition, textOf(definition, given.value), sanitise);
    case 'NUMBER':
      return acceptNumber(definition, numberOf(definition, given.value));
    case 'MEASURE':
      return acceptMeasure(definition, given);
    case 'BOOLEAN':
      if (typeof given.value !== 'boolean') throw refusal(definition, 'takes true or false');
      return given.value;
    case 'ENUM':
      return acceptOption(definition, textOf(definition, given.value));
    case 'DATE':
      return acceptDate(definition, textOf(definition, given.value));
    case 'REFERENCE':
      return acceptReference(definition, textOf(definition, given.value));
  }
}

function acceptText(definition: AttributeDefinition, text: string, limit: number): string {
  const longest = Math.min(definition.maximumLength ?? limit, limit);
  refuse(definition, text === '', 'has an empty text; null removes it');
  refuse(definition, text.length > longest, `takes at most ${longest} characters`);
  return text;
}

function acceptRichText(definition: AttributeDefinition, html: string, sanitise: (html: string) => string): string {
  // Before the work of sanitising, which is bounded by this.
  refuse(
    definition,
    html.length > 2 * ATTRIBUTE_LIMITS.richText,
    `takes at most ${ATTRIBUTE_LIMITS.richText} characters`,
  );
  return acceptText(definition, sanitise(cleanBlock(html)), ATTRIBUTE_LIMITS.richText);
}

function acceptNumber(definition: AttributeDefinition, number: number): number {
  const { minimum, maximum, unit } = definition;
  const named = (bound: number) => (unit === null ? String(bound) : `${bound} ${unit}`);
  refuse(definition, Math.abs(number) > ATTRIBUTE_LIMITS.number, `takes numbers up to ${ATTRIBUTE_LIMITS.number}`);
  if (minimum !== null) refuse(definition, number < minimum, `is at least ${named(minimum)}`);
  if (maximum !== null) refuse(definition, number > maximum, `is at most ${named(maximum)}`);
  // Zero has no sign in JSON of PostgreSQL.
  return number + 0;
}

function acceptMeasure(definition: AttributeDefinition, { value, unit }: GivenValue): number {
  const number = numberOf(definition, value);
  const kept = definition.unit ?? '';
  const given = unit ?? kept;
  const known = dimensionOf(given);
  if (known === null || known !== dimensionOf(kept))
    throw refusal(definition, `is kept in ${kept}, to which "${cleanLine(given.slice(0, 20))}" does not convert`);
  // Conversion of what is beyond all bounds would be work for nothing.
  refuse(definition, Math.abs(number) > ATTRIBUTE_LIMITS.number, `takes numbers up to ${ATTRIBUTE_LIMITS.number}`);
  return acceptNumber(definition, convertMeasure(number, given, kept));
}

function acceptOption(definition: AttributeDefinition, code: string): string {
  if (!definition.options.some((option) => option.code === code))
    throw refusal(definition, `has no option "${cleanLine(code.slice(0, 63))}"`);
  return code;
}

function acceptDate(definition: AttributeDefinition, text: string): string {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) && !text.startsWith('0000') ? new Date(`${text}T00:00:00Z`) : null;
  // A day that its month does not have is read as one of the next.
  if (time === null || Number.isNaN(time.getTime()) || !time.toISOString().startsWith(text))
    throw refusal(definition, 'takes a date of ISO 8601, such as 2026-01-31');
  return text;
}

function acceptReference(definition: AttributeDefinition, id: string): string {
  if (!isId(id)) throw refusal(definition, `refers to "${cleanLine(id.slice(0, 40))}", which is no id`);
  return id.toLowerCase();
}

function textOf(definition: AttributeDefinition, value: unknown): string {
  if (typeof value !== 'string') throw refusal(definition, 'takes a text');
  return value;
}

function numberOf(definition: AttributeDefinition, value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw refusal(definition, 'takes a number');
  return value;
}

const refusal = ({ code }: AttributeDefinition, what: string) => new ValueRefused(`The attribute "${code}" ${what}.`);

function refuse(definition: AttributeDefinition, broken: boolean, what: string): void {
  if (broken) throw refusal(definition, what);
}
