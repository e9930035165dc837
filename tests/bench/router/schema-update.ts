/**
 * Replaces a large supergraph by another, again and again, while a timer watches the event loop of this process. Prints the longest stall as JSON.
 * In a process of its own, as a router is, with nothing else to do: what stalls it is the update.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { composeServices } from '@apollo/composition';
import { createLogger } from '@kontor/kit/src/logger.ts';
import { serveGeneration, type ServedGraphs } from '@kontor/router/src/pipeline/served-graphs.ts';
import { loadGeneration } from '@kontor/router/src/planning/generation.ts';
import { createGenerations } from '@kontor/router/src/planning/generations.ts';
import { parse } from 'graphql';

const TYPES = 500;
const UPDATES = 5;
const RESOLUTION_MS = 1;

/** A supergraph of two subgraphs with many entities, the fields of each in both. */
function supergraph(version: number): string {
  const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])\n';
  const types = (field: string) =>
    Array.from(
      { length: TYPES },
      (_, index) =>
        `type T${index} @key(fields: "id") { id: ID! ${field}: String ${field}${version}: Int ${field}Next: T${(index + 1) % TYPES} }`,
    ).join('\n');
  const { supergraphSdl } = composeServices([
    { name: 'a', url: 'http://a', typeDefs: parse(`${link} type Query { first: T0 } ${types('left')}`) },
    { name: 'b', url: 'http://b', typeDefs: parse(`${link} ${types('right')}`) },
  ]);
  return supergraphSdl!;
}

const versions = Array.from({ length: UPDATES + 1 }, (_, version) => supergraph(version));
const generations = createGenerations<ServedGraphs>({
  load: (sdl) => loadGeneration(sdl),
  prepare: serveGeneration({
    clients: () => {
      throw new Error('nothing is asked');
    },
    introspection: true,
    logger: createLogger('bench', 'silent'),
  }),
});
await generations.update(versions[0]!);
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();
for (const sdl of versions.slice(1)) await generations.update(sdl);
delay.disable();
console.log(JSON.stringify({ types: TYPES, updates: UPDATES, stallMs: delay.max / 1e6 }));
await generations.close();
process.exit(0);
