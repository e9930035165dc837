/** A text is not a supergraph that this router can serve. The message is one line for whoever deployed it. */
export class SupergraphError extends Error {
  override readonly name = 'SupergraphError';
}
