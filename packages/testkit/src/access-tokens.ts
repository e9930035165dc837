import { generateKeyPairSync, sign as signBytes, type KeyObject } from 'node:crypto';

/** What signs access tokens as customers does. */
export interface TokenKey {
  readonly kid: string;
  /** As `signingKeys` tells it. */
  readonly publicKey: { readonly kty: string; readonly crv: string; readonly x: string };
  readonly privateKey: KeyObject;
}

/** Makes a key for access tokens. */
export function createTokenKey(kid = 'key-1'): TokenKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return { kid, privateKey, publicKey: publicKey.export({ format: 'jwk' }) as TokenKey['publicKey'] };
}

/** Claims of a customer's token for the web shop, issued now for five minutes, with changes. Undefined ones are left out. */
export function tokenClaims(changes: object = {}): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: 'kontor',
    aud: 'kontor:web',
    sub: 'ada',
    sid: 'session-1',
    iat: now,
    exp: now + 300,
    role: 'customer',
    scopes: [],
    customerId: 'ada',
  };
  return { ...claims, ...changes };
}

/** Signs an access token. @param header over that of an access token. */
export function signToken(key: TokenKey, claims: object = tokenClaims(), header: object = {}): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'EdDSA', typ: 'at+jwt', kid: key.kid, ...header })}.${part(claims)}`;
  return `${text}.${signBytes(null, Buffer.from(text), key.privateKey).toString('base64url')}`;
}
