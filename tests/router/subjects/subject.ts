import type { GraphQLFormattedError } from 'graphql';

/** An answer as a client sees it. */
export interface Answer {
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly GraphQLFormattedError[];
}

/** Something that answers documents over a federation. */
export interface Subject {
  execute(
    document: string,
    variables: Readonly<Record<string, unknown>>,
    operationName: string | undefined,
  ): Promise<Answer>;
}
