import { createGraphiQLFetcher } from '@graphiql/toolkit';
import type { Fetcher, FetcherParams, FetcherReturnType, Observable } from '@graphiql/toolkit';
import type { ExecutionResult } from 'graphql';
import { createClient } from 'graphql-ws';
import type { Client } from 'graphql-ws';
import { toErrors } from './errors.ts';
import { readOperation } from './operation.ts';
import type { PlanStore } from './plan-store.ts';
import { readableFetch } from './readable-fetch.ts';
import { takePlan } from './told-plan.ts';

interface Observer {
  next: (result: ExecutionResult) => void;
  complete: () => void;
}

/** How the page reaches one endpoint as one identity. */
export interface Connection {
  fetcher: Fetcher;
  /** Closes the socket; running subscriptions end. */
  close: () => void;
}

/**
 * Connects to `path` with this key (guest without one): HTTP for queries and mutations, graphql-ws on the same path for
 * subscriptions. Nothing is opened before the first operation needs it. Headers typed into GraphiQL win over the key.
 * Plans are asked for while somebody looks at them.
 */
export function connect(path: string, key: string | undefined, plans: PlanStore): Connection {
  const socket = createSocket(path);
  const http = createGraphiQLFetcher({ url: path, fetch: readableFetch(key) });
  const fetcher: Fetcher = (given, options) => {
    const { params, isSubscription } = readOperation(given);
    if (!isSubscription)
      return plans.asked && params.operationName !== 'IntrospectionQuery'
        ? withPlan(http(askingForPlan(params), options), plans)
        : http(params, options);
    return socket.subscribe(params, {
      ...(key && { authorization: `Bearer ${key}` }),
      ...lowerCaseNames(options?.headers),
    });
  };
  return { fetcher, close: socket.close };
}

const askingForPlan = (params: FetcherParams): FetcherParams & { extensions: object } => ({
  ...params,
  extensions: { queryPlan: true },
});

/** Hands the plan over, and gives GraphiQL the rest. */
async function* withPlan(answer: FetcherReturnType, plans: PlanStore): AsyncGenerator<ExecutionResult> {
  for await (const each of resultsOf(answer)) {
    const { result, plan } = takePlan(each);
    plans.tell(plan);
    yield result;
  }
}

/** Whether one answer comes or several: as several. */
async function* resultsOf(answer: FetcherReturnType): AsyncGenerator<ExecutionResult> {
  const results = (await answer) as ExecutionResult | AsyncIterable<ExecutionResult>;
  if (Symbol.asyncIterator in results) yield* results;
  else yield results;
}

/** One graphql-ws client at a time, replaced when the identity changes: connection_init can say who it is only once. */
function createSocket(path: string) {
  let current: { client: Client; identity: string } | undefined;

  function close(): void {
    void current?.client.dispose();
    current = undefined;
  }

  function clientFor(connectionParams: Record<string, string>): Client {
    const identity = JSON.stringify(connectionParams);
    if (current?.identity === identity) return current.client;
    close();
    const url = new URL(path, location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    // No silent retries: whoever tries things out wants to see the refusal, now.
    const client = createClient({ url: url.href, connectionParams, retryAttempts: 0 });
    current = { client, identity };
    return client;
  }

  function subscribe(params: FetcherParams, connectionParams: Record<string, string>): Observable<ExecutionResult> {
    return {
      // GraphiQL subscribes with an observer, never with the three functions that the type also allows.
      subscribe(observer: unknown) {
        const { next, complete } = observer as Observer;
        const unsubscribe = clientFor(connectionParams).subscribe(params, {
          next: (result) => next(result as ExecutionResult),
          error: (fault) => {
            next({ errors: toErrors(fault) });
            complete();
          },
          complete,
        });
        return { unsubscribe };
      },
    };
  }

  return { subscribe, close };
}

function lowerCaseNames(headers: Record<string, string> | undefined): Record<string, string> {
  return Object.fromEntries(new Headers(headers));
}
