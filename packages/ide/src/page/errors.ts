import { GraphQLError } from 'graphql';

/** What went wrong with a subscription, in the form of a GraphQL answer so that the response pane can show it. */
export function toErrors(fault: unknown): GraphQLError[] {
  if (Array.isArray(fault)) return fault as GraphQLError[];
  if (fault instanceof CloseEvent) return [closedSocket(fault)];
  return [new GraphQLError(fault instanceof Error ? fault.message : String(fault))];
}

function closedSocket({ code, reason }: CloseEvent): GraphQLError {
  // 1006: the browser tells a page nothing more, neither the status of a refused upgrade nor a network fault.
  const why = reason || (code === 1006 ? 'the service refused it or is not running' : 'no reason given');
  return new GraphQLError(`The subscription's connection was closed: ${why}`, { extensions: { closeCode: code } });
}
