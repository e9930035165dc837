import type { Database, Db, Tx } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { exportJWK, generateKeyPair, importJWK, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';
import {
  findSigningKey,
  insertFirstKey,
  insertSuccessor,
  isRotationDue,
  purgeSigningKeys,
  replaceKeys,
  type NewSigningKey,
} from '../data/signing/signing-keys.ts';
import { SealError, type Sealing } from './sealing.ts';

const ALGORITHM = 'EdDSA';

/** Signs access tokens, and sees to it that there is a key for it. */
export interface AccessTokens {
  /** Signs claims as a JWT of RFC 9068's type. Reads the key in the transaction when it is not known, so that it needs no other connection. */
  sign(db: Db | Tx, claims: JWTPayload): Promise<string>;
  /** Makes the first key if there is none. @throws SealError when the keys were sealed with another secret. */
  start(): Promise<void>;
  /** Gives the key a successor when it has signed for 30 days. Harmless in any number of processes at once. */
  rotateWhenDue(): Promise<void>;
  /**
   * Rotates before it is time. @param compromised whether the old keys stop verifying now; the new one then signs at once.
   * @returns whether this call did it: a rotation that is under way already is enough.
   */
  rotate(compromised: boolean): Promise<boolean>;
}

/** @param now milliseconds of a clock that never goes back. */
export function createAccessTokens(
  db: Database,
  sealing: Sealing,
  now: () => number = () => performance.now(),
): AccessTokens {
  let known: { readonly kid: string; readonly key: CryptoKey; readonly until: number } | undefined;

  const current = async (reader: Db | Tx) => {
    if (known && known.until > now()) return known;
    const askedAt = now();
    const found = await findSigningKey(reader);
    if (!found) throw new Error('There is no key that signs access tokens.');
    const key = known?.kid === found.kid ? known.key : await unseal(sealing, found);
    return (known = { kid: found.kid, key, until: askedAt + found.freshMs });
  };

  return {
    async sign(reader, claims) {
      const { kid, key } = await current(reader);
      return new SignJWT(claims).setProtectedHeader({ alg: ALGORITHM, typ: 'at+jwt', kid }).sign(key);
    },
    async start() {
      if (!(await findSigningKey(db.orm))) await insertFirstKey(db.orm, await newSigningKey(sealing));
      await current(db.orm);
    },
    async rotateWhenDue() {
      if (await isRotationDue(db.orm)) await insertSuccessor(db.orm, await newSigningKey(sealing), 'due');
      await purgeSigningKeys(db.orm);
    },
    async rotate(compromised) {
      const key = await newSigningKey(sealing);
      const rotated = await (compromised ? replaceKeys(db.orm, key) : insertSuccessor(db.orm, key, 'now'));
      known = undefined;
      return rotated;
    },
  };
}

/** A new key pair, of which nobody sees the private half unsealed. */
async function newSigningKey(sealing: Sealing): Promise<NewSigningKey> {
  const kid = newId();
  const { privateKey, publicKey } = await generateKeyPair(ALGORITHM, { extractable: true, crv: 'Ed25519' });
  return {
    kid,
    sealedKey: await sealing.seal('signing-key', kid, JSON.stringify(await exportJWK(privateKey))),
    publicKey: { ...(await exportJWK(publicKey)), kid, alg: ALGORITHM, use: 'sig' },
  };
}

async function unseal(sealing: Sealing, { kid, sealedKey }: { kid: string; sealedKey: string }): Promise<CryptoKey> {
  const text = await sealing.open('signing-key', kid, sealedKey).catch((error: unknown) => {
    if (!(error instanceof SealError)) throw error;
    throw new SealError(
      'The keys that sign access tokens were sealed with another secret: set IDENTITY_SECRET to the one of the first start, or remove the rows of customers.signing_keys, which ends all access tokens.',
      { cause: error },
    );
  });
  return (await importJWK(JSON.parse(text) as JWK, ALGORITHM)) as CryptoKey;
}
