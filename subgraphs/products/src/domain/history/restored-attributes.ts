import { acceptAttributes } from '../types/accept-attributes.ts';
import type {
  AttributeDefinition,
  AttributeReference,
  AttributeScope,
  AttributeValues,
} from '../types/attribute-definition.ts';
import { variantTitle } from '../variant-title.ts';
import type { KeptRow, RevisionContent } from './revision.ts';

/** Something that a kept value refers to. */
export interface KeptReference {
  readonly kind: AttributeReference;
  readonly id: string;
}

const MAX_NAME_LENGTH = 100;

const rowsOf = ({ product, variants }: RevisionContent): { row: KeptRow; scope: AttributeScope; name: string }[] => [
  { row: product, scope: 'PRODUCT', name: '' },
  ...variants.map((row) => ({
    row,
    scope: 'VARIANT' as const,
    name: `The variant ${variantTitle(row['option_values'] as string[]).slice(0, MAX_NAME_LENGTH)}: `,
  })),
];

const valuesOf = (row: KeptRow): AttributeValues => (row['attributes'] ?? {}) as AttributeValues;

/**
 * Checks the attributes that a revision held by the definitions that its product type has now: an option may be gone, a bound may be
 * narrower. @returns the first rule that is broken, as a sentence; null when none is.
 */
export function brokenAttribute(
  content: RevisionContent,
  definitions: readonly AttributeDefinition[],
  sanitise: (html: string) => string,
): string | null {
  const mayBeIncomplete = content.product['status'] !== 'ACTIVE';
  for (const { row, scope, name } of rowsOf(content)) {
    const change = { definitions, scope, kept: valuesOf(row), input: null, mayBeIncomplete };
    const accepted = acceptAttributes(change, sanitise);
    if ('broken' in accepted) return `${name}${accepted.broken.message}`;
  }
  return null;
}

/** What the attributes that a revision held refer to, by the definitions that there are now; each thing once. */
export function keptReferences(content: RevisionContent, definitions: readonly AttributeDefinition[]): KeptReference[] {
  const found = new Map<string, KeptReference>();
  for (const { code, scope: of, referenceTo: kind, isRetired } of definitions) {
    if (kind === null || isRetired) continue;
    for (const { row, scope } of rowsOf(content)) {
      const values = valuesOf(row);
      if (scope !== of || !Object.hasOwn(values, code)) continue;
      for (const id of textsIn(values[code])) found.set(`${kind} ${id}`, { kind, id });
    }
  }
  return [...found.values()];
}

/** The texts in a value, in a list of them, or in either by language. */
const textsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
};
