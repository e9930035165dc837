import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Caller } from '../auth/caller.ts';
import type { EdgeAuthenticator } from '../auth/edge.ts';
import type { BaseContext } from '../graph/engine.ts';
import { forwardedError, type Call, type GraphClient, type GraphResult, type TypedDocument } from '../graph/graph.ts';
import type { Logger } from '../logger.ts';
import type { ClientInfo } from '../telemetry/client-info.ts';
import type { AvailabilityHub, AvailabilityRequest } from './availability-hub.ts';
import type { AvailabilityStream } from './availability-stream.ts';

/** Distinct ones; more tell a client nothing new. */
const DEGRADATIONS = 20;

/** A field of the shared graph that could not be answered and is null for that reason. */
export interface Degradation {
  /** Field names from the root of the shared graph, without positions in lists, such as `productSearch.edges.node.variants.price`. */
  readonly path: string;
  /** A code of the error catalogue. */
  readonly code: string;
}

/** What the resolvers of every BFF get. */
export interface BffContext extends BaseContext {
  /**
   * Sends a typed document to the router as the caller. Fields that failed alone are null, and noted in `degraded`.
   * @throws GraphQLError the router's own, when there is no answer or a root field is null because of an error.
   */
  upstream<Data, Variables extends Record<string, unknown>>(
    document: TypedDocument<Data, Variables>,
    variables: Variables,
  ): Promise<Data>;
  /**
   * Sends a typed document as the holder of an access token that was issued just now, such as to go on as who has signed in. The token is
   * verified like any that comes from outside, for this channel.
   * @throws GraphQLError as `upstream` does, and as a caller who comes with that token would get it.
   */
  upstreamAs<Data, Variables extends Record<string, unknown>>(
    token: string,
    document: TypedDocument<Data, Variables>,
    variables: Variables,
  ): Promise<Data>;
  /** Notes what the answer had to be made without. @param path as of a `Degradation`. @param reason what was thrown, or the code of a refusal. */
  doWithout(path: string, reason: unknown): void;
  /** Live availability for the caller. @throws GraphQLError BAD_USER_INPUT */
  availabilityChanged(request: AvailabilityRequest): AvailabilityStream;
  /** Says that the caller's credential has ended, so that this process refuses it from now on; others do within seconds. */
  forgetCaller(): void;
  /** What the page had to be made without, each once. */
  readonly degraded: ReadonlyMap<string, Degradation>;
}

interface ContextDeps {
  readonly router: GraphClient;
  readonly hub: AvailabilityHub;
  readonly edge: Pick<EdgeAuthenticator, 'authenticate' | 'forget'>;
  readonly logger: Logger;
  /** As which program it asks the router: the documents are its own, whoever its client is. */
  readonly program: ClientInfo;
}

/** Makes the context of one request. */
export function createBffContext({ router, hub, edge, logger, program }: ContextDeps, call: Call): BffContext {
  const degraded = new Map<string, Degradation>();
  const note = ({ path, code }: Degradation): void => {
    if (degraded.size < DEGRADATIONS) degraded.set(`${path} ${code}`, { path, code });
    logger.debug({ requestId: call.requestId, path, code }, 'an answer was made without a field');
  };
  const send = async <Data, Variables extends Record<string, unknown>>(
    document: TypedDocument<Data, Variables>,
    variables: Variables,
    caller: Caller,
  ): Promise<Data> => {
    const query = document.toString();
    const result = await router.execute<never>({ query, variables }, upstreamCall({ ...call, caller }, query, program));
    const data = answered(result);
    for (const error of result.errors ?? []) note(degradationOf(error));
    return data;
  };
  return {
    ...call,
    degraded,
    upstream: (document, variables) => send(document, variables, call.caller),
    async upstreamAs(token, document, variables) {
      return send(document, variables, await edge.authenticate({ authorization: `Bearer ${token}` }));
    },
    doWithout(path, reason) {
      const code = reason instanceof GraphQLError ? reason.extensions['code'] : reason;
      note({ path, code: typeof code === 'string' ? code : 'INTERNAL' });
    },
    availabilityChanged: (request) => hub.subscribe(call.caller, request),
    forgetCaller() {
      if (call.caller.credentialId !== undefined) edge.forget(call.caller.credentialId);
    },
  };
}

/** A command is not called off because its client hung up: half of a purchase helps nobody. */
const upstreamCall = (call: Call, query: string, client: ClientInfo): Call => ({
  caller: call.caller,
  requestId: call.requestId,
  client,
  clientAddress: call.clientAddress,
  trace: call.trace,
  ...(call.signal && !query.startsWith('mutation') ? { signal: call.signal } : {}),
});

/**
 * The data, unless an error cost a whole root field: then it is no answer that something is missing. An error without a path (a
 * subgraph that did not answer) may have cost any root field that is null.
 */
function answered<Data>({ data, errors = [] }: GraphResult<Data>): Data {
  const roots = data as Record<string, unknown> | null | undefined;
  const isNull = (name: string) => roots?.[name] === null;
  const lost = errors.find(({ path }) => !roots || (path ? isNull(String(path[0])) : Object.keys(roots).some(isNull)));
  if (lost) throw forwardedError(lost);
  if (!data) throw forwardedError({ message: 'The router gave no data and no error.' });
  return data;
}

function degradationOf({ path = [], extensions }: GraphQLFormattedError): Degradation {
  const code = extensions?.['code'];
  return {
    path: path.filter((step) => typeof step === 'string').join('.'),
    code: typeof code === 'string' ? code : 'INTERNAL',
  };
}
