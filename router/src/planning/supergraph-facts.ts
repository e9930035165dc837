/** What the execution must know of the whole supergraph, with what clients do not see. */
export interface SupergraphFacts {
  readonly subgraphs: readonly { readonly name: string; readonly url: string }[];
  /**
   * The object types that a composite type of the supergraph can be at run time, by type name; an object type has itself.
   * With `@inaccessible` types. An interface that some subgraph knows as `@interfaceObject` has its implementations.
   * Has no prototype.
   */
  readonly possibleTypes: Readonly<Record<string, readonly string[]>>;
  /** Labels of progressive overrides (`@override(label:)`), sorted. */
  readonly overrideLabels: readonly string[];
  /**
   * The labels that decide who resolves a field, by `Type.field`; a field of an interface has those of its
   * implementations. Has no prototype.
   */
  readonly labelsByField: Readonly<Record<string, readonly string[]>>;
  /** Labels of fields that a plan may fetch unasked, for a key or a `@requires`: they concern every operation. */
  readonly labelsOfKeys: readonly string[];
}
