/** What prices keeps of a product: a state of products, at a revision. */
export interface ProductFactsState {
  readonly productId: string;
  readonly revision: number;
  readonly title: string;
  readonly productType?: string | null | undefined;
  readonly vendor?: string | null | undefined;
  /** Absent in events of versions before; so are attributes. */
  readonly tags?: readonly string[] | undefined;
  /** `code=value`. */
  readonly attributes?: readonly string[] | undefined;
  readonly categoryIds: readonly string[];
  readonly variants: readonly {
    readonly variantId: string;
    readonly sku?: string | null | undefined;
    readonly weightGrams?: number | null | undefined;
    readonly taxCategory: string;
  }[];
}

const MAX_LABELS = 400;

/** By what promotions know a product, besides its ids and categories: `tag:…`, `vendor:…`, `type:…`, `attribute:CODE=VALUE`; in order, each once. */
export function labelsOf({ tags = [], attributes = [], vendor, productType }: ProductFactsState): string[] {
  // What there is one of comes first, so that a product with very many tags keeps it.
  const labels = [
    ...(vendor ? [`vendor:${vendor}`] : []),
    ...(productType ? [`type:${productType}`] : []),
    ...attributes.map((attribute) => `attribute:${attribute}`),
    ...tags.map((tag) => `tag:${tag}`),
  ];
  return [...new Set(labels)].slice(0, MAX_LABELS).sort();
}

/** Of several states of a thing the newest. */
export function newestOf<State extends { readonly revision: number }>(
  states: readonly State[],
  keyOf: (state: State) => string,
): State[] {
  const newest = new Map<string, State>();
  for (const state of states) {
    const known = newest.get(keyOf(state));
    if (!known || known.revision < state.revision) newest.set(keyOf(state), state);
  }
  return [...newest.values()];
}
