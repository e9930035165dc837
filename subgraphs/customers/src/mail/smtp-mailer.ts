import { createTransport } from 'nodemailer';
import { MailRefused, type Mailer } from './mailer.ts';
import { messageOf } from './message.ts';

const CONNECT_MS = 10_000;
const ANSWER_MS = 30_000;
const CONNECTIONS = 2;

/** Sends by SMTP. @param url such as `smtp://user:password@host:587` or `smtps://host`, with nodemailer's options as its query. */
export function createSmtpMailer(url: string): Mailer {
  const transport = createTransport({
    pool: true,
    maxConnections: CONNECTIONS,
    url,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: ANSWER_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send(mail) {
      try {
        await transport.sendMail(messageOf(mail));
      } catch (error) {
        const { code, responseCode } = error as { code?: string; responseCode?: number };
        // Servers repeat addresses in what they answer: only the code goes on. RFC 5321, 4.2.1: 5 is for good, except that a login can be mended.
        if (responseCode !== undefined && responseCode >= 500 && code !== 'EAUTH')
          throw new MailRefused(`The mail server refused with ${responseCode}.`);
        // eslint-disable-next-line preserve-caught-error -- The cause holds what the server said, with the address.
        throw new Error(`The mail server did not take a mail: ${code ?? 'no reason'} ${responseCode ?? ''}`.trim());
      }
    },
    close: () => transport.close(),
  };
}
