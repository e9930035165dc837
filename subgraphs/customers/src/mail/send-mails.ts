import type { Database } from '@kontor/kit/src/database.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import {
  deleteMail,
  findRecipient,
  putOffMail,
  takeMails,
  type QueuedMail,
  type Recipient,
} from '../data/signing/mails.ts';
import { isOpeningAddress } from '../data/signing/addresses.ts';
import { findOneTimeToken } from '../data/signing/one-time-tokens.ts';
import { oneTimeTokenOf } from '../sealing/one-time-token.ts';
import type { Sealing } from '../sealing/sealing.ts';
import { MailRefused, type Mail, type Mailer } from './mailer.ts';
import { isMailKind, templateOf } from './templates/templates.ts';

const BATCH = 10;
/** Longer than a mailer takes to give up. */
const LEASE_S = 120;
const MOST_TRIES = 8;
const FIRST_PAUSE_S = 10;
const LONGEST_PAUSE_S = 3_600;

/** How mails leave. */
export interface MailSettings {
  readonly mailer: Mailer;
  /** The sender, such as `Kontor <shop@example.com>`. */
  readonly from: string;
  /** The shop's base URL, to which the paths of links are added. */
  readonly linkBase: string;
}

export interface MailSending extends MailSettings {
  readonly db: Database;
  readonly sealing: Sealing;
  readonly logger: Logger;
}

/**
 * Sends a batch of the mails that are due. Each is sent at least once: whoever dies between sending and noting it leaves it to be sent
 * again, with the same message id. One that fails is tried again after growing pauses, eight times in about three hours; then it is dropped.
 * @returns how many were taken, so that the caller knows whether there may be more.
 */
export async function sendMails(sending: MailSending): Promise<number> {
  const mails = await takeMails(sending.db.orm, { limit: BATCH, leaseS: LEASE_S });
  await Promise.all(mails.map((mail) => sendOne(sending, mail)));
  return mails.length;
}

async function sendOne(sending: MailSending, queued: QueuedMail): Promise<void> {
  const { db, mailer, logger } = sending;
  const { mailId, kind, tries } = queued;
  try {
    const mail = await compose(sending, queued);
    if (mail) await mailer.send(mail);
  } catch (error) {
    // Neither the error nor the mail is logged: both may hold the address.
    const reason = error instanceof MailRefused ? 'refused' : tries >= MOST_TRIES ? 'tried too often' : null;
    if (reason === null) return putOffMail(db.orm, mailId, Math.min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 4 ** (tries - 1)));
    logger.warn({ mailId, kind, tries, reason }, 'a mail is not sent any more');
  }
  await deleteMail(db.orm, mailId);
}

/** The mail as it goes out; null when there is nobody to send it to any more, or its link has ended. */
async function compose(sending: MailSending, queued: QueuedMail): Promise<Mail | null> {
  const { db, sealing, from, linkBase } = sending;
  const { mailId, kind, tokenId, parameters } = queued;
  if (!isMailKind(kind)) return null;
  const token = tokenId === null ? null : await findOneTimeToken(db.orm, tokenId);
  if (tokenId !== null && !token) return null;
  const recipient =
    queued.customerId === null && queued.identityId === null
      ? readRecipient(await sealing.open('one-time-payload', tokenId!, token?.payload ?? ''))
      : await findRecipient(db.orm, queued);
  if (!recipient?.email) return null;
  // Whoever asks for a new password is answered alike whether or not there is an account: only here it is looked for.
  if (kind === 'PASSWORD_RESET' && !(await isOpeningAddress(db.orm, recipient.email))) return null;
  const secret = token && (await oneTimeTokenOf(sealing, { purpose: token.purpose, tokenId: tokenId! }));
  const { locale, template } = templateOf(kind, recipient.locale ?? queued.locale);
  const text = template({ givenName: recipient.givenName, link: (path) => linkTo(linkBase, path, secret), parameters });
  return { id: mailId, from, to: recipient.email, locale, ...text };
}

/** The token stands in the fragment, which browsers send to nobody: neither logs nor referrers hold it. */
function linkTo(base: string, path: string, secret: string | null): string {
  const url = new URL(path, base.endsWith('/') ? base : `${base}/`);
  if (secret !== null) url.hash = new URLSearchParams({ token: secret }).toString();
  return url.href;
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : null);

function readRecipient(payload: string): Recipient {
  const carried = JSON.parse(payload) as Record<string, unknown>;
  return {
    email: textOf(carried['email']),
    givenName: textOf(carried['givenName']),
    locale: textOf(carried['locale']),
  };
}
