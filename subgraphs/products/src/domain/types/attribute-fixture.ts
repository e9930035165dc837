import type { AttributeDefinitionInput } from './accept-definition.ts';
import type { AttributeDefinition, AttributeKind } from './attribute-definition.ts';

/** For tests: an attribute of products as it is kept. */
export const definition = (
  code: string,
  kind: AttributeKind,
  more: Partial<AttributeDefinition> = {},
): AttributeDefinition => ({
  code,
  labels: {},
  kind,
  scope: 'PRODUCT',
  isLocalizable: false,
  isRequired: false,
  isList: false,
  isFilterable: false,
  isSearchable: false,
  isRetired: false,
  unit: null,
  options: [],
  minimum: null,
  maximum: null,
  maximumLength: null,
  referenceTo: null,
  ...more,
});

/** For tests: an attribute of products as somebody wants it. */
export const wanted = (
  code: string,
  kind: AttributeKind,
  more: Partial<AttributeDefinitionInput> = {},
): AttributeDefinitionInput => ({
  code,
  kind,
  ...more,
});

/** For tests: options without labels. */
export const options = (...codes: string[]) => codes.map((code) => ({ code, labels: {} }));
