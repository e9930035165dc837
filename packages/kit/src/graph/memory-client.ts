import { requestFault } from '../errors.ts';
import { activeTrace } from '../telemetry/tracing.ts';
import type { Call, GraphClient } from './graph.ts';

/**
 * Asks a graph of the same process. The caller travels as an object.
 * @param target looked up at each call, because services of one process are made before they know each other; null while it is stopped.
 * @param roundTrip sends requests and answers through JSON, to show in tests that nothing else gets across.
 */
export function createMemoryClient(name: string, target: () => GraphClient | null, roundTrip = false): GraphClient {
  const reach = (): GraphClient => {
    const client = target();
    if (!client) throw requestFault('SERVICE_UNAVAILABLE', `${name} is not running.`);
    return client;
  };
  // Whoever holds this client is a service of this process: strangers come in over HTTP.
  const vouched = (call: Call): Call => ({ ...call, issuer: 'this process', trace: call.trace ?? activeTrace() });
  if (!roundTrip)
    return {
      execute: (request, call) => reach().execute(request, vouched(call)),
      subscribe: (request, call) => reach().subscribe(request, vouched(call)),
    };

  const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
  return {
    async execute(request, call) {
      return copy(await reach().execute(copy(request), { ...vouched(call), caller: copy(call.caller) }));
    },
    async *subscribe(request, call) {
      for await (const event of reach().subscribe(copy(request), { ...vouched(call), caller: copy(call.caller) }))
        yield copy(event) as never;
    },
  };
}
