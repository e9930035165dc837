import { isDeepStrictEqual } from 'node:util';
import { guestOf } from '@kontor/kit/src/auth/caller.ts';
import type { Call, GraphClient, GraphRequest } from '@kontor/kit/src/graph/graph.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import { openAccess } from '@kontor/router/src/access.ts';
import { createApp } from '@kontor/router/src/app.ts';
import type { Request } from '../generate/subgraph.ts';
import type { Federation } from './federation.ts';
import type { Answer, Subject } from './subject.ts';

export interface Ours extends Subject {
  stop(): Promise<void>;
}

/** Answers as our router does, by everything that it has but HTTP. */
export async function createOurs(federation: Federation): Promise<Ours> {
  const requests = new Map<string, Request>();
  const router = await createApp({
    logger: silentLogger,
    supergraphSdl: federation.supergraphSdl,
    subgraphs: Object.fromEntries(
      federation.model.subgraphs.map((name) => {
        const client = clientOf(federation, name, requests);
        return [name, () => client];
      }),
    ),
    access: openAccess({}),
  });
  const graph = router.graph();
  let count = 0;
  const during = async <Made>(ask: (call: Call) => Promise<Made>): Promise<Made> => {
    const requestId = String((count += 1));
    requests.set(requestId, { mutations: 0 });
    try {
      return await ask({ caller: guestOf('web'), requestId });
    } finally {
      requests.delete(requestId);
    }
  };
  return {
    async execute(query, variables, operationName) {
      const request: GraphRequest = { query, variables, operationName };
      const { body } = await during((call) => graph.respond(request, call));
      const written = JSON.parse(String(body)) as Partial<Answer>;
      const made = await during((call) => graph.execute(request, call));
      if (!isDeepStrictEqual(written.data ?? null, JSON.parse(JSON.stringify(made.data ?? null))))
        throw new Error(`Bytes and objects differ: ${String(body)} and ${JSON.stringify(made)}`);
      return { data: written.data ?? null, errors: written.errors ?? [] };
    },
    stop: () => router.stop(),
  };
}

function clientOf({ ask }: Federation, name: string, requests: ReadonlyMap<string, Request>): GraphClient {
  return {
    // A read that is shared may outlive the request that began it.
    execute: async (question, { requestId }) =>
      (await ask(name, question, requests.get(requestId) ?? { mutations: 0 })) as never,
    subscribe: () => {
      throw new Error('There are no subscriptions here.');
    },
  };
}
