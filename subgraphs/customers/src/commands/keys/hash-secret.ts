import { createHash } from 'node:crypto';

/** Secrets are random: so many characters cannot be guessed, and need no slow hash. */
export const MIN_SECRET_LENGTH = 16;
export const MAX_SECRET_LENGTH = 512;

/** SHA-256 of a secret in hexadecimal: what is kept and searched for. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');
