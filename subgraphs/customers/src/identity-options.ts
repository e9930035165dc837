import type { SigningOptions } from './commands/signing/signing.ts';
import { createConsoleMailer } from './mail/console-mailer.ts';
import type { Mailer } from './mail/mailer.ts';
import type { MailSettings } from './mail/send-mails.ts';

/** What customers can be given beyond what every subgraph is; everything has a default that works. */
export interface IdentityOptions extends SigningOptions {
  readonly mail?: {
    /** Prints to the terminal when absent. */
    readonly mailer?: Mailer | undefined;
    readonly from?: string | undefined;
    readonly linkBase?: string | undefined;
  };
}

/** How mails leave, with defaults for a shop on this computer. */
export const mailSettings = ({ mail }: IdentityOptions): MailSettings => ({
  mailer: mail?.mailer ?? createConsoleMailer(),
  from: mail?.from ?? 'Kontor <shop@localhost>',
  linkBase: mail?.linkBase ?? 'http://localhost:4010/',
});
