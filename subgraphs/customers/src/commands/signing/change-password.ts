import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { inTransaction } from '@kontor/kit/src/database.ts';
import type { busy, invalidInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { lockCustomer } from '../../data/profile/locked-customers.ts';
import { changePassword as writePassword, findPasswordHash } from '../../data/signing/passwords.ts';
import { endSessionsOf } from '../../data/signing/revocations.ts';
import { LIMITS } from '../../domain/signing/limits.ts';
import { queueMail } from '../../mail/queue-mail.ts';
import { hashOfNobody, hashPassword, verifyPassword } from '../../passwords/argon2id.ts';
import { readPassword } from '../read-input.ts';
import { refusalOf, valueOf } from '../refuse-fault.ts';
import { attempting, type TooManyAttempts } from './attempting.ts';
import { PASSWORDS_BUSY } from './sign-in.ts';
import type { Signing } from './signing.ts';

export interface PasswordChangeRequest {
  readonly currentPassword: string;
  readonly newPassword: string;
}

const WRONG_PASSWORD = {
  __typename: 'InvalidCredentials' as const,
  code: 'INVALID_CREDENTIALS',
  message: 'This is not your password. Check it and try again, or ask for a link to choose a new one.',
  path: ['input', 'currentPassword'],
};

type Attempted =
  | { readonly __typename: 'PasswordChanged'; readonly endedSessions: number }
  | typeof WRONG_PASSWORD
  | ReturnType<typeof busy>;
export type PasswordChangeOutcome = Attempted | ReturnType<typeof invalidInput> | TooManyAttempts;

const NOBODY = hashOfNobody();

/**
 * Changes a signed-in customer's own password, which they have to know, and ends all of their sessions but the one that asks, in one
 * transaction. Attempts count as those to sign in: whoever holds a session must not be able to guess on.
 */
export async function changePassword(
  signing: Signing,
  { customerId, credentialId }: Caller & { readonly customerId: string },
  request: PasswordChangeRequest,
  clientAddress: string | null,
): Promise<PasswordChangeOutcome> {
  const current = readPassword(request.currentPassword, 'currentPassword');
  const next = readPassword(request.newPassword, 'newPassword');
  const refusal = refusalOf(current, next);
  if (refusal) return refusal;
  const { db, work } = signing;
  return attempting<Attempted>(
    signing,
    {
      limit: { ...LIMITS.passwordChange, subjects: [customerId] },
      clientAddress,
      path: ['input', 'currentPassword'],
    },
    async () => {
      const from = await findPasswordHash(db.orm, customerId);
      const working = work.run(async () =>
        (await verifyPassword(valueOf(current), from ?? NOBODY)) ? await hashPassword(valueOf(next)) : null,
      );
      if (!working) return PASSWORDS_BUSY;
      const to = await working;
      if (from === null || to === null) return WRONG_PASSWORD;
      return inTransaction(db, async (tx) => {
        const locked = await lockCustomer(tx, customerId);
        if (!locked || !(await writePassword(tx, locked.id, { from, to }))) return WRONG_PASSWORD;
        const own = credentialId !== undefined && isId(credentialId) ? credentialId : undefined;
        const ended = await endSessionsOf(tx, [locked.id], own);
        await queueMail(tx, { kind: 'PASSWORD_CHANGED', to: { customerId: locked.id } });
        return { __typename: 'PasswordChanged' as const, endedSessions: ended.length };
      });
    },
    ({ __typename }) => __typename === 'PasswordChanged',
  );
}
