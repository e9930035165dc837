import type { GraphResult } from './graph.ts';

/** A result without errors that many subscribers get. It is written as JSON once, when the first of them needs it. */
export class SharedResult implements GraphResult {
  readonly data: Record<string, unknown>;
  #text: string | undefined;
  #bytes: Buffer | undefined;

  constructor(data: Record<string, unknown>) {
    this.data = data;
  }

  /** The GraphQL response. */
  get text(): string {
    return (this.#text ??= JSON.stringify({ data: this.data }));
  }

  /** The same in UTF-8. */
  get bytes(): Buffer {
    return (this.#bytes ??= Buffer.from(this.text));
  }
}

/** A result as JSON text. */
export const textOf = (result: GraphResult): string =>
  result instanceof SharedResult ? result.text : JSON.stringify(result);
