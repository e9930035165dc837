import type { SeedDocument } from './documents.ts';

/** Sends one command with its variables. @param what it is about, for whoever watches. */
export type Send = <Data>(what: string, document: SeedDocument, variables: Record<string, unknown>) => Promise<Data>;

/** Ids by what names a thing in the demo's data. */
export type Ids = ReadonlyMap<string, string>;

/** @throws Error when the demo's data names what it does not have. */
export function known(ids: Ids, name: string): string {
  const id = ids.get(name);
  if (id === undefined) throw new Error(`The demo names "${name}", which it does not have.`);
  return id;
}

/** @throws Error when there are fewer ids. */
export function nth(ids: readonly string[], index: number): string {
  const id = ids[index];
  if (id === undefined) throw new Error('A subgraph answered fewer ids than it was given things.');
  return id;
}

/** The outcome of a command of the shared graph. */
export interface Outcome {
  readonly __typename: string;
  readonly message?: string;
}

/**
 * The outcome, when it is one of those that are well.
 * @param wellKnown type names; `VersionConflict` among them where a thing that is there already stays as it is.
 * @throws Error with what the subgraph said.
 */
export function expectOutcome<Found extends Outcome>(outcome: Found, ...wellKnown: readonly string[]): Found {
  if (wellKnown.includes(outcome.__typename)) return outcome;
  throw new Error(`The demo was refused with ${outcome.__typename}: ${outcome.message ?? ''}`);
}
