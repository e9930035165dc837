import { cleanLine } from '../text.ts';
import {
  acceptDefinition,
  acceptLabels,
  DefinitionRefused,
  type AttributeDefinitionInput,
  type LocalizedTextInput,
} from './accept-definition.ts';
import { ATTRIBUTE_LIMITS, type AttributeDefinition, type ProductType } from './attribute-definition.ts';

/** `ProductTypeSetInput` of the schema, without the version. */
export interface ProductTypeInput {
  readonly name: string;
  /** Null to leave them as they are. */
  readonly labels?: readonly LocalizedTextInput[] | null | undefined;
  /** All of them, in order; what is not here is retired. */
  readonly attributes: readonly AttributeDefinitionInput[];
}

/** A rule that an input breaks. */
export interface BrokenTypeRule {
  readonly code: string;
  readonly message: string;
  /** Below the input, outermost first. */
  readonly path: readonly string[];
}

/** Options that a change takes away from an attribute: the change may only be made when nothing has one of them. */
export interface RemovedOptions {
  readonly definition: AttributeDefinition;
  readonly codes: readonly string[];
  /** Which entry of the input leaves them out. */
  readonly index: number;
}

export type AcceptedProductType =
  | { readonly type: Omit<ProductType, 'version'>; readonly removed: readonly RemovedOptions[] }
  | { readonly broken: BrokenTypeRule };

/** The name of a product is compared with it, so it has the same bound. */
const MAX_NAME_LENGTH = 255;
/** A code that was used once keeps its meaning, so those that were retired count as well. */
const MAX_EVER_DEFINED = 300;
/** They are read with every page of products of the type. */
const MAX_TYPE_BYTES = 500_000;
const utf8 = new TextEncoder();

/** What is wrong with the name of a type; null when it can be one. */
export const brokenName = (name: string): BrokenTypeRule | null =>
  name !== '' && name.length <= MAX_NAME_LENGTH && name === cleanLine(name)
    ? null
    : {
        code: 'INVALID_NAME',
        message: `The name of a product type is 1 to ${MAX_NAME_LENGTH} characters on one line.`,
        path: ['name'],
      };

/**
 * Checks a product type against what there is of it.
 * @param before null for a new one
 * @returns the type as it is to be kept, the retired attributes behind the others, or the first rule that is broken
 */
export function acceptProductType(input: ProductTypeInput, before: ProductType | null): AcceptedProductType {
  const ill = brokenName(input.name);
  if (ill) return { broken: ill };
  const broken = (path: readonly string[], code: string, message: string) => ({ broken: { code, message, path } });
  if (input.attributes.length > ATTRIBUTE_LIMITS.definitions)
    return broken(['attributes'], 'TOO_MANY', `A product type has at most ${ATTRIBUTE_LIMITS.definitions} attributes.`);
  const known = new Map(before?.attributes.map((definition) => [definition.code, definition]));
  const accepted = new Map<string, AttributeDefinition>();
  const removed: RemovedOptions[] = [];
  for (const [index, definition] of input.attributes.entries()) {
    const path = ['attributes', String(index)];
    if (accepted.has(definition.code))
      return broken([...path, 'code'], 'ATTRIBUTE_TWICE', `The attribute "${definition.code}" occurs twice.`);
    const was = known.get(definition.code);
    const result = orBroken(path, () => acceptDefinition(definition, was));
    if ('broken' in result) return result;
    accepted.set(definition.code, result.value);
    const codes = missingOptions(was, result.value);
    if (codes.length > 0) removed.push({ definition: result.value, codes, index });
  }
  const retired = (before?.attributes ?? [])
    .filter(({ code }) => !accepted.has(code))
    .map((definition) => ({ ...definition, isRetired: true }));
  if (accepted.size + retired.length > MAX_EVER_DEFINED)
    return broken(
      ['attributes'],
      'TOO_MANY',
      `A product type has at most ${MAX_EVER_DEFINED} attributes in all its time, those that are retired included.`,
    );
  const labels = orBroken([], () => acceptLabels(input.labels, before?.labels));
  if ('broken' in labels) return labels;
  const bytes = utf8.encode(JSON.stringify([...accepted.values(), ...retired])).length;
  if (bytes > MAX_TYPE_BYTES)
    return broken(
      ['attributes'],
      'TOO_LARGE',
      `The attributes of a product type take at most ${MAX_TYPE_BYTES / 1_000} KB with all their labels.`,
    );
  return { type: { name: input.name, labels: labels.value, attributes: [...accepted.values(), ...retired] }, removed };
}

function missingOptions(before: AttributeDefinition | undefined, after: AttributeDefinition): string[] {
  const kept = new Set(after.options.map(({ code }) => code));
  return (before?.options ?? []).map(({ code }) => code).filter((code) => !kept.has(code));
}

function orBroken<T>(path: readonly string[], work: () => T): { value: T } | { broken: BrokenTypeRule } {
  try {
    return { value: work() };
  } catch (error) {
    if (error instanceof DefinitionRefused)
      return { broken: { code: error.code, message: error.message, path: [...path, ...error.path] } };
    throw error;
  }
}
