import { requestFault } from '@kontor/kit/src/errors.ts';
import { generationId, type Generation } from './generation.ts';

/** How long requests may stay on a generation that was replaced before its planner ends. Their plans go on working. */
const DRAIN_MS = 30_000;

/** A generation that somebody works on, with what was made for it. */
export interface HeldGeneration<Made> {
  readonly generation: Generation;
  readonly made: Made;
  /** To be called once the work is done; more calls do nothing. */
  release(): void;
}

/** What became of an update: superseded when a newer one came before it was begun. */
export type UpdateOutcome = 'replaced' | 'unchanged' | 'superseded';

/** The current version of the supergraph, which can be replaced while requests run. */
export interface Generations<Made> {
  /** @throws GraphQLError SERVICE_UNAVAILABLE before the first update has succeeded, and after close. */
  readonly current: Generation;
  /** Holds the current generation until it is released. @throws as `current`. */
  acquire(): HeldGeneration<Made>;
  /**
   * Loads another supergraph and replaces the current one at once when it is ready. One update runs at a time; of those
   * that wait the newest is taken next, and the others resolve as superseded.
   * @throws SupergraphError when it cannot be served: the current one stays.
   */
  update(supergraphSdl: string): Promise<UpdateOutcome>;
  /** Tells of each replacement after it has happened. The listener must not throw. @returns a function that ends it. */
  onChange(listener: (current: Generation, previous: Generation | null) => void): () => void;
  /** Refuses updates, and ends every planner; what holds a generation may go on with the plans it has. */
  close(): Promise<void>;
}

export interface GenerationsOptions<Made> {
  readonly load: (supergraphSdl: string) => Promise<Generation>;
  /**
   * Makes what belongs to a generation before it takes over: caches, filled.
   * @param signal aborted when something newer waits: be done soon.
   */
  readonly prepare: (
    generation: Generation,
    previous: { readonly generation: Generation; readonly made: Made } | null,
    signal: AbortSignal,
  ) => Promise<Made> | Made;
  readonly drainMs?: number;
}

interface Served<Made> {
  readonly generation: Generation;
  readonly made: Made;
  holders: number;
  /** Called when it was replaced and nobody holds it any more. */
  retire: (() => void) | null;
}

interface Waiting {
  readonly supergraphSdl: string;
  readonly resolve: (outcome: UpdateOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** Holds the current generation; without one until the first update. */
export function createGenerations<Made>(options: GenerationsOptions<Made>): Generations<Made> {
  const { load, prepare, drainMs = DRAIN_MS } = options;
  const listeners = new Set<(current: Generation, previous: Generation | null) => void>();
  const retiring = new Map<Served<Made>, Promise<void>>();
  let current: Served<Made> | null = null;
  let waiting: Waiting | null = null;
  let updating: Promise<void> | null = null;
  let hurry = new AbortController();
  let closed = false;

  const serving = (): Served<Made> => {
    if (current) return current;
    throw requestFault('SERVICE_UNAVAILABLE', 'No schema is served at the moment. Send the request again later.');
  };
  const retire = (served: Served<Made>) => {
    const ending = whenReleased(served, drainMs).then(() => served.generation.close());
    retiring.set(served, ending);
    void ending.finally(() => retiring.delete(served));
  };
  const replace = async (supergraphSdl: string): Promise<UpdateOutcome> => {
    if (current?.generation.id === generationId(supergraphSdl)) return 'unchanged';
    const { signal } = hurry;
    const generation = await load(supergraphSdl);
    const made = await prepareOrClose(generation, () => prepare(generation, current, signal));
    if (closed) {
      await generation.close();
      return 'superseded';
    }
    const previous = current;
    current = { generation, made, holders: 0, retire: null };
    if (previous) retire(previous);
    for (const listener of listeners) listener(generation, previous?.generation ?? null);
    return 'replaced';
  };
  const work = async () => {
    for (let next = waiting; next; next = waiting) {
      waiting = null;
      hurry = new AbortController();
      await replace(next.supergraphSdl).then(next.resolve, next.reject);
    }
    updating = null;
  };

  return {
    get current() {
      return serving().generation;
    },
    acquire() {
      const served = serving();
      let held = true;
      served.holders += 1;
      return {
        generation: served.generation,
        made: served.made,
        release() {
          if (!held) return;
          held = false;
          served.holders -= 1;
          if (served.holders === 0) served.retire?.();
        },
      };
    },
    update(supergraphSdl) {
      if (closed) return Promise.reject(requestFault('SERVICE_UNAVAILABLE', 'The router is being stopped.'));
      const { promise, resolve, reject } = Promise.withResolvers<UpdateOutcome>();
      waiting?.resolve('superseded');
      waiting = { supergraphSdl, resolve, reject };
      hurry.abort();
      updating ??= work();
      return promise;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      closed = true;
      waiting?.resolve('superseded');
      waiting = null;
      hurry.abort();
      listeners.clear();
      await updating;
      if (current) retire(current);
      current = null;
      // Nobody can wait for those who still hold one: they have their plans.
      for (const served of retiring.keys()) served.retire?.();
      await Promise.all(retiring.values());
    },
  };
}

async function prepareOrClose<Made>(generation: Generation, prepare: () => Promise<Made> | Made): Promise<Made> {
  try {
    return await prepare();
  } catch (error) {
    await generation.close();
    throw error;
  }
}

/** Resolves when nobody holds a generation any more, or after the limit: somebody may hold it for ever. */
function whenReleased(served: Served<unknown>, limitMs: number): Promise<void> {
  if (served.holders === 0) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, limitMs);
    // A process that has nothing else to do may end.
    timer.unref();
    served.retire = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}
