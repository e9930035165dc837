import { isId } from '@kontor/kit/src/ids.ts';
import { textInChain } from '../locale-chain.ts';
import type {
  AttributeContent,
  AttributeDefinition,
  AttributeKind,
  AttributeReference,
  AttributeScalar,
  AttributeScope,
  AttributeValues,
} from './attribute-definition.ts';
import { labelIn } from './label.ts';
import { valueText } from './value-text.ts';

/** An attribute as a caller sees it; `AttributeValue` of the schema. */
export interface AttributeView {
  readonly code: string;
  readonly label: string;
  readonly kind: AttributeKind;
  readonly text: string;
  readonly value: AttributeContent;
  readonly unit: string | null;
  /** The products that a reference leads to. */
  readonly productIds: readonly string[];
}

/** What a reference leads to, when the caller may see it. */
export interface NamedReference {
  readonly name: string;
  /** Names by locale; `''` for one of the channel without a language. */
  readonly names: Readonly<Record<string, string>> | null;
  /** The product, or that of the variant; null for anything else. */
  readonly productId: string | null;
}

/** How a reference is looked up. */
export const referenceKey = (kind: AttributeReference, id: string): string => `${kind}:${id}`;

/** An attribute with the value that a caller is shown. */
export interface ShownAttribute {
  readonly definition: AttributeDefinition;
  readonly content: AttributeContent;
}

/** Which attributes are shown, and in which language. */
export interface ShownBy {
  /** Whose values they are. */
  readonly scope: AttributeScope;
  readonly chain: readonly string[];
  /** Only these; null for all. */
  readonly codes: ReadonlySet<string> | null;
}

/**
 * The attributes to show, in the order of their definitions: those that are not retired, in the first language of a chain that they are in.
 * Kept values that are not what their definition says are passed over: their product was of another type when they came.
 */
export function shownAttributes(
  definitions: readonly AttributeDefinition[],
  values: AttributeValues,
  { scope, chain, codes }: ShownBy,
): ShownAttribute[] {
  return definitions.flatMap((definition) => {
    const { code, isRetired, isLocalizable } = definition;
    if (isRetired || definition.scope !== scope || (codes && !codes.has(code)) || !Object.hasOwn(values, code))
      return [];
    const content = isLocalizable ? inChain(values[code], chain) : values[code];
    return isContentOf(definition, content) ? [{ definition, content }] : [];
  });
}

const inChain = (content: unknown, chain: readonly string[]): unknown =>
  typeof content === 'object' && content !== null && !Array.isArray(content)
    ? textInChain(content as Readonly<Record<string, unknown>>, [...chain, ''])
    : undefined;

const isText = (value: unknown) => typeof value === 'string';
const isNumber = (value: unknown) => typeof value === 'number';
const isDate = (value: unknown) => typeof value === 'string' && !Number.isNaN(Date.parse(`${value}T00:00:00Z`));
const isReference = (value: unknown) => typeof value === 'string' && isId(value);

const IS_VALUE_OF: Readonly<Record<AttributeKind, (value: unknown) => boolean>> = {
  TEXT: isText,
  NUMBER: isNumber,
  BOOLEAN: (value) => typeof value === 'boolean',
  ENUM: isText,
  MEASURE: isNumber,
  DATE: isDate,
  REFERENCE: isReference,
  RICH_TEXT: isText,
};

const isContentOf = ({ kind, isList }: AttributeDefinition, content: unknown): content is AttributeContent =>
  isList ? Array.isArray(content) && content.every(IS_VALUE_OF[kind]) : IS_VALUE_OF[kind](content);

/** The references in attributes, each once. */
export function referencesIn(attributes: readonly ShownAttribute[]): string[] {
  const keys = attributes.flatMap(({ definition: { referenceTo }, content }) =>
    referenceTo === null ? [] : listOf(content).map((id) => referenceKey(referenceTo, String(id))),
  );
  return [...new Set(keys)];
}

/**
 * An attribute as a caller sees it. References that lead to nothing that the caller may see are left out.
 * @param names what the references lead to, by `referenceKey`
 * @returns null when nothing is left of it
 */
export function viewAttribute(
  { definition, content }: ShownAttribute,
  chain: readonly string[],
  names: ReadonlyMap<string, NamedReference>,
): AttributeView | null {
  const { code, labels, kind, unit, referenceTo } = definition;
  const common = { code, label: labelIn(labels, chain, code), kind, unit };
  if (referenceTo === null)
    return {
      ...common,
      value: content,
      text: listOf(content)
        .map((value) => valueText(definition, value, chain))
        .join(', '),
      productIds: [],
    };
  const found = listOf(content).flatMap((id) => {
    const named = names.get(referenceKey(referenceTo, String(id)));
    return named ? [{ id, named }] : [];
  });
  const [first] = found;
  if (!first) return null;
  return {
    ...common,
    value: definition.isList ? found.map(({ id }) => id) : first.id,
    text: found.map(({ named }) => textInChain(named.names, [...chain, '']) ?? named.name).join(', '),
    productIds: [...new Set(found.flatMap(({ named }) => named.productId ?? []))],
  };
}

const listOf = (content: AttributeContent): readonly AttributeScalar[] =>
  typeof content === 'object' ? content : [content];
