import type { Clock } from '@kontor/kit/src/clock.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { startRecurring } from '@kontor/kit/src/recurring.ts';
import { sweepExternalTokens } from '../../data/keys/external-tokens.ts';
import { createIdTokenVerifier, type IdTokenVerifier } from '../../oidc/id-token-verifier.ts';
import type { IssuerKeysOptions } from '../../oidc/issuer-keys.ts';
import type { OidcIssuer } from '../../oidc/oidc-issuers.ts';
import type { Signing } from '../signing/signing.ts';
import type { KeyMode } from './key-secret.ts';
import { createLastUses, type LastUses } from './last-uses.ts';

const LAST_USES_MS = 1_000;
const SWEEP_MS = 10 * 60_000;

/** What commands on keys, devices and staff share in a process. */
export interface KeyDeps {
  readonly db: Database;
  /** Begins sessions; PINs are hashed in one queue with passwords. */
  readonly signing: Signing;
  readonly mode: KeyMode;
  readonly lastUses: LastUses;
  readonly idTokens: IdTokenVerifier;
}

export interface KeyOptions {
  /** Which keys are made and taken: `test` when absent. */
  readonly keyMode?: KeyMode | undefined;
  /** Whom people may sign in by; nobody when absent. */
  readonly oidcIssuers?: readonly OidcIssuer[] | undefined;
  /** How issuers are asked for their keys. */
  readonly oidcKeys?: IssuerKeysOptions | undefined;
}

export function createKeys(
  { db, signing, clock }: Pick<KeyDeps, 'db' | 'signing'> & { readonly clock: Clock },
  { keyMode = 'test', oidcIssuers = [], oidcKeys = {} }: KeyOptions = {},
): KeyDeps {
  const idTokens = createIdTokenVerifier(oidcIssuers, clock, oidcKeys);
  return { db, signing, mode: keyMode, lastUses: createLastUses(db), idTokens };
}

/** Starts what keys need beside requests. @returns how to stop it; what was noted until then is written down. */
export function startKeyWork({ db, lastUses }: Pick<KeyDeps, 'db' | 'lastUses'>, logger: Logger): () => Promise<void> {
  const stops = [
    startRecurring({
      work: () => lastUses.write(),
      everyMs: LAST_USES_MS,
      logger,
      onFailure: 'last uses of keys could not be written',
    }),
    startRecurring({
      work: () => sweepExternalTokens(db.orm),
      everyMs: SWEEP_MS,
      logger,
      onFailure: 'used ID tokens could not be swept',
    }),
  ];
  return async () => {
    for (const stop of stops) await stop();
    await lastUses.write();
  };
}
