import type { Tx } from '@kontor/kit/src/database.ts';
import { invalidInput } from '@kontor/kit/src/errors.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { changeIdentity, freeStaleAddress, insertIdentity } from '../../data/profile/identities.ts';
import type { IdentityKind } from '../../domain/profile/customer.ts';
import { MOST_IDENTITIES, type Identity } from '../../domain/profile/identity.ts';
import { identityVerified } from '../../domain/signing/identity-verified.ts';
import { queueMail } from '../../mail/queue-mail.ts';
import { refusalOf, valueOf } from '../refuse-fault.ts';
import { attempting, type TooManyAttempts } from '../signing/attempting.ts';
import { issueOneTimeToken, takeOneTimeToken } from '../signing/one-time-tokens.ts';
import type { Signing } from '../signing/signing.ts';
import {
  becomesPrimary,
  changeIdentities,
  IDENTITY_TAKEN,
  TOO_MANY_IDENTITIES,
  type IdentityChanged,
  type IdentityRefusal,
} from './change-identities.ts';
import { readIdentity } from './read-identity.ts';

/** What a token that is mailed to an added address is for. */
export const VERIFICATION_PURPOSE = 'identity-verification';
const VERIFICATION_LIFETIME_S = 86_400;
/** Each can send a mail, and tells whether an address is known. */
const ADDING = { kind: 'identity-add', most: 10, windowS: 86_400 };
const VERIFYING = { kind: 'identity-verify', most: 20, windowS: 3_600 };

export type IdentityAttemptOutcome = IdentityChanged | IdentityRefusal | TooManyAttempts;

/** Who adds or verifies. */
export interface OwnIdentity {
  readonly customerId: string;
  /** The client's network address; null when nobody knows it. */
  readonly clientAddress: string | null;
}

/**
 * Adds an address or a telephone number to the caller's own profile, unverified; an address gets a mail with a link that is good for a
 * day, and gets another one when it is added again. Of several who add one address at once, one gets it. A number may be added by
 * several: it identifies nobody until staff have verified it. The first number becomes the primary one; an address only when it is
 * verified, so that nobody keeps one that is not theirs.
 * @returns null when there is no such profile.
 */
export async function addIdentity(
  signing: Signing,
  { customerId, clientAddress }: OwnIdentity,
  input: { readonly kind: IdentityKind; readonly value: string },
): Promise<IdentityAttemptOutcome | null> {
  if (input.kind !== 'EMAIL' && input.kind !== 'PHONE')
    return invalidInput('INVALID_KIND', 'Cards and ids of channels are added by staff.', ['input', 'kind']);
  const read = readIdentity(input);
  const refusal = refusalOf(read);
  if (refusal) return refusal;
  const key = valueOf(read);
  const limit = { ...ADDING, subjects: [customerId] };
  const outcome = await attempting(signing, { limit, clientAddress, path: null }, () =>
    changeIdentities(signing.db, customerId, async (tx, id, identities) => {
      const known = identities.find(({ kind, value }) => kind === key.kind && value === key.value);
      if (known) {
        await mailVerification(signing, tx, known);
        return { outcome: known, changed: false };
      }
      if (identities.length >= MOST_IDENTITIES) return { outcome: TOO_MANY_IDENTITIES, changed: false };
      if (key.kind === 'EMAIL') await freeStaleAddress(tx, key.value);
      const isPrimary = key.kind === 'PHONE' && becomesPrimary(key.kind, identities);
      const made = await insertIdentity(tx, id, { ...key, isVerified: false, isPrimary });
      if (!made) return { outcome: IDENTITY_TAKEN(['input', 'value']), changed: false };
      await mailVerification(signing, tx, made);
      return { outcome: made, changed: true };
    }),
  );
  return outcome.__typename === 'NotFound' ? null : outcome;
}

/** Queues the mail with the link, to an address that is not verified yet. */
async function mailVerification(signing: Signing, tx: Tx, identity: Identity): Promise<void> {
  if (identity.kind !== 'EMAIL' || identity.verifiedAt !== null) return;
  const { tokenId } = await issueOneTimeToken(signing, tx, {
    purpose: VERIFICATION_PURPOSE,
    subjectId: identity.id,
    lifetimeS: VERIFICATION_LIFETIME_S,
  });
  await queueMail(tx, { kind: 'IDENTITY_VERIFICATION', to: { identityId: identity.id }, tokenId });
}

const INVALID_TOKEN = invalidInput(
  'INVALID_TOKEN',
  'This link is not good any more, or not for the account that you are signed in to. Add the address again to get another.',
  ['input', 'token'],
);

/** Undoes the use of a token by somebody whom it is not for. */
const NOT_THEIRS = new Error('the token is about somebody else');

/**
 * Verifies an address of the caller's own by the secret that was mailed to it, once; it becomes the primary one where there is none.
 * @returns null when there is no such profile.
 */
export async function verifyIdentity(
  signing: Signing,
  { customerId, clientAddress }: OwnIdentity,
  token: string,
): Promise<IdentityAttemptOutcome | null> {
  const limit = { ...VERIFYING, subjects: [customerId] };
  try {
    const outcome = await attempting(signing, { limit, clientAddress, path: null }, () =>
      changeIdentities(signing.db, customerId, async (tx, id, identities) => {
        const taken = await takeOneTimeToken(signing, tx, { purpose: VERIFICATION_PURPOSE, token });
        if (!taken) return { outcome: INVALID_TOKEN, changed: false };
        // An address that was removed, and perhaps added by somebody else since, has another id.
        const identity = identities.find((each) => each.id === taken.subjectId);
        if (!identity) throw NOT_THEIRS;
        if (identity.verifiedAt !== null) return { outcome: identity, changed: false };
        const makePrimary = becomesPrimary(identity.kind, identities);
        await appendEvents(tx, 'customers', [identityVerified(id, 'EMAIL')]);
        return { outcome: await changeIdentity(tx, identity, { verify: true, makePrimary }), changed: true };
      }),
    );
    return outcome.__typename === 'NotFound' ? null : outcome;
  } catch (error) {
    if (error === NOT_THEIRS) return INVALID_TOKEN;
    throw error;
  }
}
