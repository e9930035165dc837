/** What promotions, taxes and shipping ask of a variant. */
export interface VariantFacts {
  readonly productId: string;
  /** With all categories above. */
  readonly categoryIds: readonly string[];
  /** `tag:…`, `vendor:…`, `type:…` and `attribute:CODE=VALUE`, as the catalogue writes them. */
  readonly labels: readonly string[];
  readonly taxCategory: string;
  /** Null when nobody said. */
  readonly weightGrams: number | null;
}
