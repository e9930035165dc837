/** The name of a variant: its option values joined, such as `M / Navy`; `Default` when there is none. */
export const variantTitle = (optionValues: readonly string[]): string => optionValues.join(' / ') || 'Default';

/** The values of each option, in the order in which the variants first use them. */
export const optionsOf = (
  optionNames: readonly string[],
  variants: readonly { readonly optionValues: readonly string[] }[],
): { name: string; values: string[] }[] =>
  optionNames.map((name, index) => ({
    name,
    values: [...new Set(variants.flatMap(({ optionValues }) => optionValues[index] ?? []))],
  }));
