import { createClient, type Client } from 'graphql-ws';
import WebSocket from 'ws';

/** A GraphQL answer as it came over HTTP. */
export interface Answer<Data> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly data?: Data | null;
    readonly errors?: { message: string; path?: (string | number)[]; extensions?: Record<string, unknown> }[];
  };
}

/** Sends an operation as any client would. */
export async function post<Data = Record<string, never>>(
  url: string,
  query: string,
  variables: Record<string, unknown> = {},
  key?: string,
): Promise<Answer<Data>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key ? { authorization: `Bearer ${key}` } : {}) },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answer<Data>['body'] };
}

/** Sends an operation that has to succeed. @throws Error with the errors otherwise. */
export async function ask<Data>(
  url: string,
  query: string,
  variables: Record<string, unknown> = {},
  key?: string,
): Promise<Data> {
  const { status, body } = await post<Data>(url, query, variables, key);
  if (body.errors || !body.data) throw new Error(`HTTP ${status}: ${JSON.stringify(body.errors)}`);
  return body.data;
}

/** A subscription whose events are waited for one by one. */
export interface Watch<Data> {
  /** The next event; fails after `limitMs`. */
  next(limitMs?: number): Promise<Data>;
  /** Reads events until one fits; fails after `limitMs`. */
  until(fits: (data: Data) => boolean, limitMs?: number): Promise<Data>;
  stop(): Promise<void>;
}

const LIMIT_MS = 15_000;

/** Opens a subscription with the `graphql-ws` client, which reconnects by itself. */
export function watch<Data>(
  url: string,
  query: string,
  variables: Record<string, unknown> = {},
  key?: string,
): Watch<Data> {
  const client: Client = createClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    retryAttempts: 50,
    shouldRetry: () => true,
    retryWait: () => new Promise((resolve) => setTimeout(resolve, 100)),
    ...(key ? { connectionParams: { authorization: `Bearer ${key}` } } : {}),
  });
  const events = client.iterate<Data>({ query, variables });
  const next = async (limitMs = LIMIT_MS): Promise<Data> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, fail) => {
      timer = setTimeout(() => fail(new Error(`no event within ${limitMs} ms`)), limitMs);
    });
    try {
      const result = await Promise.race([events.next(), late]);
      if (result.done) throw new Error('the subscription ended');
      if (result.value.errors) throw new Error(JSON.stringify(result.value.errors));
      return result.value.data as Data;
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    next,
    async until(fits, limitMs = LIMIT_MS) {
      const end = Date.now() + limitMs;
      for (;;) {
        const data = await next(Math.max(1, end - Date.now()));
        if (fits(data)) return data;
      }
    },
    async stop() {
      await client.dispose();
    },
  };
}

/** A socket that does not come back by itself. */
export interface Socket {
  /** Sends a query or a mutation over it; rejects with the errors. */
  ask(query: string): Promise<unknown>;
  /** The code with which it was closed, once it is. */
  readonly closed: Promise<number>;
}

/** Opens a socket with a key, to see how it ends. */
export function openSocket(url: string, key: string): Socket {
  const closed = Promise.withResolvers<number>();
  const client = createClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${key}` },
    lazy: false,
    retryAttempts: 0,
    onNonLazyError: () => undefined,
    on: { closed: (event) => closed.resolve((event as { code: number }).code) },
  });
  return {
    closed: closed.promise,
    async ask(query) {
      const { value } = await client.iterate({ query }).next();
      return (value as { data: unknown }).data;
    },
  };
}
