import type { CompiledFetch } from './fetch.ts';

/**
 * Decides for each fetch of a plan whether positions that share an entity need their own copies of what its answer holds. They
 * do where another fetch writes into an object of the answer; elsewhere one object can stand in all of the places.
 */
export function decideCopies(fetches: readonly CompiledFetch[]): void {
  const written = new Map<string, Set<CompiledFetch>>();
  const note = (path: string, fetch: CompiledFetch): void => {
    const writers = written.get(path);
    if (writers) writers.add(fetch);
    else written.set(path, new Set([fetch]));
  };
  for (const fetch of fetches) {
    note(fetch.place.path.fields.join('.'), fetch);
    for (const path of objectPaths(fetch)) note(path, fetch);
  }
  for (const fetch of fetches) fetch.answer.copies = objectPaths(fetch).some((path) => written.get(path)!.size > 1);
}

/** From the root of the response. */
function objectPaths({ place: { path, selection } }: CompiledFetch): string[] {
  const start = path.fields.map((name) => `${name}.`).join('');
  return Array.from(selection.objectPaths, (name) => start + name);
}
