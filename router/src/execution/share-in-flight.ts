import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import type { Call, GraphClient, GraphRequest, GraphResult } from '@kontor/kit/src/graph/graph.ts';
import { copyJson } from './json-value.ts';

/** Different reads of one subgraph under way at a time; those beyond are asked each for itself. */
const MAX_READS = 1_000;
const MAX_SHARERS = 1_000;
/** Reads with longer variables are rarely alike, and their keys would take memory. */
const MAX_VARIABLES_LENGTH = 100_000;

/** Who asks, as text. A caller is an object that lives as long as its session. */
const identities = new WeakMap<Caller, string>();
/** Answers that came from a request that another had under way. */
const sharedAnswers = new WeakSet<object>();

/** Whether an answer came from a request that another had under way. */
export const wasShared = (answer: unknown): boolean =>
  typeof answer === 'object' && answer !== null && sharedAnswers.has(answer);

interface Sharer {
  resolve(answer: GraphResult): void;
  reject(reason: unknown): void;
  readonly leave: (() => void) | null;
  readonly signal: AbortSignal | undefined;
}

/** One request to the subgraph and those who wait for it. */
interface Read {
  readonly key: string;
  readonly controller: AbortController;
  readonly sharers: Set<Sharer>;
}

/**
 * Lets identical concurrent reads of one subgraph by the same caller share one request. Only requests of the kind `query` are
 * reads, and those that must be fresh are asked each for itself. Each sharer gets an answer of its own. Who gives up leaves;
 * the request itself is given up when all have left. It bears the request id of the first.
 */
export function shareInFlight(client: GraphClient, name: string): GraphClient {
  const reads = new Map<string, Read>();
  return {
    subscribe: (request, call) => client.subscribe(request, call),
    execute<Data>(request: GraphRequest, call: Call): Promise<GraphResult<Data>> {
      const key = keyOf(name, request, call);
      if (key === null) return client.execute<Data>(request, call);
      const known = reads.get(key);
      if (known && known.sharers.size < MAX_SHARERS) return join(known, call, reads) as Promise<GraphResult<Data>>;
      if (known || reads.size >= MAX_READS) return client.execute<Data>(request, call);
      const read: Read = { key, controller: new AbortController(), sharers: new Set() };
      reads.set(key, read);
      const answer = join(read, call, reads);
      if (read.sharers.size > 0) start(read, client, request, call, reads);
      return answer as Promise<GraphResult<Data>>;
    },
  };
}

/** @returns null for what cannot be shared. */
function keyOf(name: string, request: GraphRequest, call: Call): string | null {
  if (request.kind !== 'query' || request.fresh === true) return null;
  const variables = JSON.stringify(request.variables ?? null);
  if (variables.length > MAX_VARIABLES_LENGTH) return null;
  return [name, request.operationName, askerOf(call), variables, request.query].join('\n');
}

/** Who asks, with what is passed on beside the caller, as text: the same text may have the same answer to the same question. */
export function askerOf({ caller, headers, versions }: Call): string {
  const passedOn = headers || versions ? stableJson({ headers, versions }) : '';
  return `${identityOf(caller)}\n${passedOn}`;
}

function identityOf(caller: Caller): string {
  const known = identities.get(caller);
  if (known !== undefined) return known;
  const made = stableJson(caller);
  identities.set(caller, made);
  return made;
}

/** The same text for the same claims, in whatever order they stand. */
const stableJson = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

function join(read: Read, { signal }: Call, reads: Map<string, Read>): Promise<GraphResult> {
  return new Promise((resolve, reject) => {
    const leave = signal
      ? () => {
          read.sharers.delete(sharer);
          reject(signal.reason as Error);
          if (read.sharers.size === 0) abandon(read, reads);
        }
      : null;
    const sharer: Sharer = { resolve, reject, leave, signal };
    read.sharers.add(sharer);
    if (signal?.aborted) leave!();
    else signal?.addEventListener('abort', leave!, { once: true });
  });
}

function abandon(read: Read, reads: Map<string, Read>): void {
  forget(read, reads);
  read.controller.abort();
}

/** Another read of the same key may have taken its place. */
function forget(read: Read, reads: Map<string, Read>): void {
  if (reads.get(read.key) === read) reads.delete(read.key);
}

function start(read: Read, client: GraphClient, request: GraphRequest, call: Call, reads: Map<string, Read>): void {
  const ended = (tell: (sharer: Sharer, isFirst: boolean) => void): void => {
    forget(read, reads);
    let isFirst = true;
    for (const sharer of read.sharers) {
      if (sharer.leave !== null) sharer.signal?.removeEventListener('abort', sharer.leave);
      tell(sharer, isFirst);
      isFirst = false;
    }
    read.sharers.clear();
  };
  const failed = (reason: unknown): void => ended((sharer) => sharer.reject(reason));
  try {
    client
      .execute(request, { ...call, signal: read.controller.signal })
      .then((answer) => ended((sharer, isFirst) => give(sharer, answer, isFirst)), failed);
  } catch (error) {
    failed(error);
  }
}

/** The first gets the answer itself, to do with as it likes: it goes on when the copies for all others have been made. */
function give(sharer: Sharer, answer: GraphResult, isFirst: boolean): void {
  if (isFirst) return sharer.resolve(answer);
  try {
    const own = copyJson(answer);
    sharedAnswers.add(own);
    sharer.resolve(own);
  } catch (error) {
    // Such as JSON so deep that the stack does not hold it.
    sharer.reject(error);
  }
}
