/**
 * What a supergraph says of the cost of its parts, with `@cost` and `@listSize` (GraphQL cost directives specification, IBM 2021, as far as
 * the Apollo federation specification v2.9 takes it in). Weights may be negative; no field costs less than nothing for that.
 */
export interface Costs {
  /** Of object, scalar and enum types, by name. */
  readonly types: ReadonlyMap<string, TypeCosts>;
}

export interface TypeCosts {
  readonly weight?: number;
  /** Of output fields and of input fields. */
  readonly fields: ReadonlyMap<string, FieldCosts>;
}

export interface FieldCosts {
  readonly weight?: number;
  /** Weights of arguments. */
  readonly arguments: ReadonlyMap<string, number>;
  readonly listSize?: ListSize;
  /** What the field needs of its object from other subgraphs (`@requires`), and what that costs. */
  readonly required?: number;
}

/** How long a list is: that of the field itself, and those of `sizedFields` one level below. */
export interface ListSize {
  /** When no slicing argument tells. */
  readonly assumedSize?: number;
  /** Arguments that tell, or paths into them such as `input.first`; of a list, its length tells. The largest counts. */
  readonly slicingArguments: readonly string[];
  readonly sizedFields: ReadonlySet<string>;
  /** Whether an operation must give exactly one of the slicing arguments; a default value gives it, too. */
  readonly requireOneSlicingArgument: boolean;
}
