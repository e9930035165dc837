/** What the values of an attribute are. */
export const ATTRIBUTE_KINDS = [
  'TEXT',
  'NUMBER',
  'BOOLEAN',
  'ENUM',
  'MEASURE',
  'DATE',
  'REFERENCE',
  'RICH_TEXT',
] as const;
export type AttributeKind = (typeof ATTRIBUTE_KINDS)[number];

/** Whether products have the attribute, or each of their variants. */
export type AttributeScope = 'PRODUCT' | 'VARIANT';

/** What an attribute of references refers to. */
export type AttributeReference = 'PRODUCT' | 'VARIANT' | 'CATEGORY' | 'COLLECTION';

/** Texts by locale, BCP 47. */
export type TextByLocale = Readonly<Record<string, string>>;

/** One of the values that an attribute of kind ENUM can have. */
export interface AttributeOption {
  readonly code: string;
  readonly labels: TextByLocale;
}

/** An attribute that products of a type have, as it is kept. */
export interface AttributeDefinition {
  /** Lower-case letters, digits and underscores, beginning with a letter; at most 63. */
  readonly code: string;
  readonly labels: TextByLocale;
  readonly kind: AttributeKind;
  readonly scope: AttributeScope;
  readonly isLocalizable: boolean;
  readonly isRequired: boolean;
  readonly isList: boolean;
  readonly isFilterable: boolean;
  readonly isSearchable: boolean;
  /** Its values are kept and hidden. */
  readonly isRetired: boolean;
  /** With MEASURE: the unit that values are kept in. */
  readonly unit: string | null;
  /** With ENUM, in order. */
  readonly options: readonly AttributeOption[];
  /** With NUMBER and MEASURE; in `unit`. */
  readonly minimum: number | null;
  readonly maximum: number | null;
  /** With TEXT and RICH_TEXT: in UTF-16 code units. */
  readonly maximumLength: number | null;
  /** With REFERENCE. */
  readonly referenceTo: AttributeReference | null;
}

/** A kind of product and what its products are described by, as it is kept. */
export interface ProductType {
  readonly name: string;
  readonly labels: TextByLocale;
  /** In order; the retired ones too. */
  readonly attributes: readonly AttributeDefinition[];
  readonly version: number;
}

/** A single value as it is kept: ENUM as the option's code, MEASURE in the definition's unit, DATE as ISO 8601, REFERENCE as an id. */
export type AttributeScalar = string | number | boolean;
/** The value of an attribute in one language. */
export type AttributeContent = AttributeScalar | readonly AttributeScalar[];
/** Values by attribute code. One that is localizable is an object by locale, with `''` for the catalogue's own language. */
export type AttributeValues = Readonly<Record<string, AttributeContent | Readonly<Record<string, AttributeContent>>>>;

/** Bounds of definitions and values. */
export const ATTRIBUTE_LIMITS = {
  definitions: 100,
  options: 500,
  label: 255,
  locales: 50,
  /** Values of one list. */
  listed: 100,
  /** Entries of one input: every attribute in several languages. */
  entries: 1_000,
  text: 5_000,
  richText: 20_000,
  /** Numbers from there on lose whole digits. */
  number: 1e15,
  /** What the attributes of a product, and those of each variant, may take as JSON. */
  productBytes: 100_000,
  variantBytes: 10_000,
} as const;
