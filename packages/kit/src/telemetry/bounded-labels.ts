import type { ClientInfo } from './client-info.ts';

/** What stands for all values that came when there was no more room. */
export const OTHER = 'other';
/** A client that does not say who it is. */
export const UNKNOWN = 'unknown';

/** Lets a bounded number of values pass as labels; those that come first, since a service meets its usual ones within minutes. */
export interface BoundedLabels {
  /** The value itself, or `other`. */
  label(value: string): string;
}

export function createBoundedLabels(most: number): BoundedLabels {
  const known = new Set<string>();
  return {
    label(value) {
      if (known.has(value)) return value;
      if (known.size >= most) return OTHER;
      known.add(value);
      return value;
    },
  };
}

/** Names of clients with their versions, of which there may be no end: anybody can send any. */
export interface ClientLabels {
  /** The same object for the same pair; `unknown` for nobody, `other` when there is no more room. */
  of(client: ClientInfo | undefined): ClientInfo;
}

const NOBODY: ClientInfo = { name: UNKNOWN, version: '' };
const ANYBODY: ClientInfo = { name: OTHER, version: '' };

export function createClientLabels(most: number): ClientLabels {
  const byName = new Map<string, Map<string, ClientInfo>>();
  let size = 0;
  return {
    of(client) {
      if (client === undefined) return NOBODY;
      const known = byName.get(client.name)?.get(client.version);
      if (known) return known;
      if (size >= most) return ANYBODY;
      size += 1;
      const made: ClientInfo = { name: client.name, version: client.version };
      const versions = byName.get(made.name);
      if (versions) versions.set(made.version, made);
      else byName.set(made.name, new Map([[made.version, made]]));
      return made;
    },
  };
}
