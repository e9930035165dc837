/** Which program asks, as it says itself: good for counting, no proof of anything. */
export interface ClientInfo {
  readonly name: string;
  /** Empty when it does not say. */
  readonly version: string;
}

const NAME_HEADERS = ['apollographql-client-name', 'graphql-client-name'] as const;
const VERSION_HEADERS = ['apollographql-client-version', 'graphql-client-version'] as const;
/** What names of programs and releases are made of: neither control characters nor anything that a log or a page could take for markup. */
const LABEL = /^[A-Za-z0-9@](?:[\w .:@()/+-]{0,62}[\w+)])?$/;

/**
 * Reads who asks from headers, or from the payload of connection_init, which has the same names.
 * @returns undefined when it does not say, or says what cannot be a name.
 */
export function readClientInfo(said: Readonly<Record<string, unknown>>): ClientInfo | undefined {
  const name = first(said, NAME_HEADERS);
  if (name === undefined) return undefined;
  return { name, version: first(said, VERSION_HEADERS) ?? '' };
}

function first(said: Readonly<Record<string, unknown>>, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = said[name];
    if (typeof value === 'string' && LABEL.test(value)) return value;
  }
  return undefined;
}
