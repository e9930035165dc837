import { createHash, randomBytes } from 'node:crypto';
import { isId } from '../ids.ts';

const MAX_IDS = 50;
/** Input types nest by hand; what is deeper came through a scalar of JSON. */
const MAX_DEPTH = 64;
const SALT_BYTES = 32;
/** `id`, `customerId`, `variantIds`: fields that name something. */
const NAMES_ENTITY = /^ids?$|Ids?$/;
/** Short secrets could be guessed from a digest of them. */
const SECRET = /(?:password|pin|secret|token)$/i;

/** What an audit entry says of the arguments of a mutation: no value but ids. */
export interface DescribedInput {
  readonly entityIds: readonly string[];
  readonly inputDigest: string;
  readonly inputSalt: string;
}

/** @param input the arguments as the resolver gets them. */
export function describeInput(input: unknown): DescribedInput {
  const inputSalt = randomBytes(SALT_BYTES).toString('hex');
  return { entityIds: entityIdsOf(input), inputDigest: digestInput(input, inputSalt), inputSalt };
}

/**
 * SHA-256 in hexadecimal over the bytes of the salt and the canonical JSON of an input (RFC 8785: names sorted, no blanks), by which
 * somebody who has an input can show that it was this one. Values of fields that hold secrets count as the text `[secret]`.
 */
export const digestInput = (input: unknown, salt: string): string =>
  createHash('sha256').update(Buffer.from(salt, 'hex')).update(canonical(input, MAX_DEPTH)).digest('hex');

/** Ids in fields that are named so, lower-cased and distinct, in order of appearance; at most 50. */
export function entityIdsOf(input: unknown): string[] {
  const found = new Set<string>();
  collect(input, false, MAX_DEPTH, found);
  return [...found];
}

function collect(value: unknown, isNamed: boolean, depth: number, found: Set<string>): void {
  if (found.size === MAX_IDS || depth === 0) return;
  if (typeof value === 'string') {
    if (isNamed && isId(value)) found.add(value.toLowerCase());
  } else if (Array.isArray(value)) {
    for (const each of value) collect(each, isNamed, depth - 1, found);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, each] of Object.entries(value)) collect(each, NAMES_ENTITY.test(name), depth - 1, found);
  }
}

function canonical(value: unknown, depth: number): string {
  if (depth === 0) return '"[deeper]"';
  if (Array.isArray(value)) return `[${value.map((each) => canonical(each, depth - 1)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const fields = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    // By UTF-16 code units, as RFC 8785 3.2.3 says.
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, each]) => {
      const kept = SECRET.test(name) && typeof each === 'string' ? '"[secret]"' : canonical(each, depth - 1);
      return `${JSON.stringify(name)}:${kept}`;
    });
  return `{${fields.join(',')}}`;
}
