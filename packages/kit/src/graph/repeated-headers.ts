/** By length, which tells most others apart without a look at the letters. */
const ONCE: ReadonlyMap<number, string> = new Map(
  ['host', 'origin', 'content-type', 'authorization'].map((name) => [name.length, name]),
);

/**
 * Whether a header stands twice of which node:http takes the first without a word: whoever stands before us may take the last, and check
 * another request than we answer. RFC 9112, 3.2, wants 400 for two `Host`.
 * @param rawHeaders names and values in turn, as node:http gives them.
 * @returns the name.
 */
export function repeatedHeader(rawHeaders: readonly string[]): string | null {
  let seen = '';
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = ONCE.get(rawHeaders[index]!.length);
    if (name === undefined || rawHeaders[index]!.toLowerCase() !== name) continue;
    if (seen.includes(name)) return name;
    seen += `${name} `;
  }
  return null;
}
