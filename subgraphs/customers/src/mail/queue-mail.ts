import type { Tx } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { insertMail } from '../data/signing/mails.ts';
import type { MailKind } from './templates/templates.ts';

/** Whom a mail goes to: a person, one address of a person, or the address that a one-time token carries in its field `email`. */
export type MailRecipient =
  { readonly customerId: string } | { readonly identityId: string } | { readonly tokenId: string };

export interface MailRequest {
  readonly kind: MailKind;
  readonly to: MailRecipient;
  /** The token that its link carries; that of `to` when it names one. The mail is not sent any more when the token has ended. */
  readonly tokenId?: string;
  /** The language, where the person has chosen none. */
  readonly locale?: string | null;
  /** Values of the text. Nothing personal: they are kept as they are. */
  readonly parameters?: Readonly<Record<string, string | number>>;
}

/**
 * Queues a mail in the command's own transaction: it is sent when the command has committed, at least once, soon after. Whom to is found
 * then, so that somebody who is forgotten meanwhile gets none.
 */
export async function queueMail(tx: Tx, { kind, to, tokenId, locale, parameters }: MailRequest): Promise<void> {
  await insertMail(tx, {
    mailId: newId(),
    kind,
    customerId: 'customerId' in to ? to.customerId : null,
    identityId: 'identityId' in to ? to.identityId : null,
    tokenId: tokenId ?? ('tokenId' in to ? to.tokenId : null),
    locale: locale ?? null,
    parameters: parameters ?? {},
  });
}
