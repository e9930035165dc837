import type { SupergraphFacts } from './supergraph-facts.ts';

/** What a planner thread is started with. */
export interface PlannerInput {
  readonly supergraphSdl: string;
  /** False for a supergraph that another thread has already accepted. */
  readonly validate: boolean;
}

/** A supergraph that was read, in a form that crosses threads. */
export interface ReadSupergraph {
  readonly apiSdl: string;
  /** Where each definition of `apiSdl` begins, ascending. */
  readonly definitionStarts: readonly number[];
  readonly facts: Omit<SupergraphFacts, 'possibleTypes' | 'labelsByField'> & {
    readonly possibleTypes: readonly (readonly [type: string, possible: readonly string[]])[];
    readonly labelsByField: readonly (readonly [coordinate: string, labels: readonly string[]])[];
  };
}

/** A thread answers each question with one answer, in order. */
export type PlannerQuestion =
  | { readonly kind: 'plan'; readonly text: string; readonly overrides: readonly string[] }
  | { readonly kind: 'fingerprint'; readonly texts: readonly string[] };

/** The first answer is `ready` or `refused`, to nobody's question. */
export type PlannerAnswer =
  | { readonly kind: 'ready'; readonly supergraph: ReadSupergraph }
  | { readonly kind: 'refused'; readonly reason: string }
  // JSON: it drops what is undefined, and is read faster than a structured clone.
  | { readonly kind: 'planned'; readonly planJson: string }
  | { readonly kind: 'fingerprints'; readonly fingerprints: readonly (string | null)[] }
  | { readonly kind: 'failed'; readonly failure: PlannerFailure };

export interface PlannerFailure {
  /** Null for a fault of ours. */
  readonly code: 'DOCUMENT_TOO_COMPLEX' | 'GRAPHQL_VALIDATION_FAILED' | null;
  readonly message: string;
}
