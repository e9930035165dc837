import { createHash, timingSafeEqual } from 'node:crypto';
import { StripeFault } from './faults.ts';

const digest = (text: string) => createHash('sha256').update(text).digest();

/**
 * Checks the secret key, sent as a bearer token or as the user of Basic authentication.
 * @throws StripeFault 401
 */
export function authorize(header: string | undefined, secretKey: string): void {
  const key = presentedKey(header);
  if (key === null)
    throw new StripeFault(
      401,
      'invalid_request_error',
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    );
  // Digests are of one length, and comparing them takes one time.
  if (!timingSafeEqual(digest(key), digest(secretKey)))
    throw new StripeFault(401, 'invalid_request_error', `Invalid API Key provided: ${'*'.repeat(8)}${key.slice(-4)}`);
}

function presentedKey(header: string | undefined): string | null {
  const [, scheme, value] = /^(Bearer|Basic)\s+(\S+)$/i.exec(header ?? '') ?? [];
  if (!scheme || !value) return null;
  if (scheme.toLowerCase() === 'bearer') return value;
  return Buffer.from(value, 'base64').toString().split(':')[0] || null;
}
