import type { Logger } from '@kontor/kit/src/logger.ts';
import { startRecurring } from '@kontor/kit/src/recurring.ts';
import { purgeAttempts } from '../../data/signing/attempts.ts';
import { purgeOneTimeTokens } from '../../data/signing/one-time-tokens.ts';
import { purgeRevocations } from '../../data/signing/revocations.ts';
import { purgeSessions } from '../../data/signing/sessions.ts';
import { sendMails, type MailSettings } from '../../mail/send-mails.ts';
import type { Signing } from './signing.ts';

const UPKEEP_MS = 60_000;
const MAIL_MS = 2_000;
const BATCH = 1_000;

/** Rotates signing keys and forgets what has ended, once. */
export async function keepSigning({ db, accessTokens }: Signing): Promise<void> {
  await accessTokens.rotateWhenDue();
  for (const purge of [purgeSessions, purgeRevocations, purgeOneTimeTokens, purgeAttempts])
    while ((await purge(db.orm, BATCH)) === BATCH);
}

/** Starts what signing does beside requests: keys, purging and mails. @returns how to stop it, after what is under way. */
export function startSigningUpkeep(signing: Signing, mail: MailSettings, logger: Logger): () => Promise<void> {
  const { db, sealing } = signing;
  const stops = [
    startRecurring({
      work: () => keepSigning(signing),
      everyMs: UPKEEP_MS,
      logger,
      onFailure: 'signing keys and what has ended wait for the next turn',
    }),
    startRecurring({
      work: async (isStopping) => {
        while (!isStopping() && (await sendMails({ ...mail, db, sealing, logger })) > 0);
      },
      everyMs: MAIL_MS,
      logger,
      onFailure: 'mails wait for the next turn',
    }),
  ];
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
    mail.mailer.close?.();
  };
}
