import { createHash, randomBytes } from 'node:crypto';

/** Secrets are random: so many characters cannot be guessed, and need no slow hash. */
export const MIN_SECRET_LENGTH = 16;
export const MAX_SECRET_LENGTH = 512;

/** So that a session is told from a key where one turns up. */
const SESSION_PREFIX = 'sess_';
const SESSION_BYTES = 32;

/** A session's token: random, known to the client alone. */
export const newSessionToken = (): string => SESSION_PREFIX + randomBytes(SESSION_BYTES).toString('base64url');

/** SHA-256 of a secret in hexadecimal: what is kept and searched for. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');
