import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mailer } from '@kontor/customers/src/mail/mailer.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';

/** Where everything is read that the system mails. */
export interface Mailbox {
  /** Texts of the mails that went to an address, in no order. */
  textsTo(address: string): Promise<readonly string[]>;
}

/** A mailbox with the mailer that fills it. */
export function createMemoryMailbox(): Mailbox & { readonly mailer: Mailer } {
  const mails: { readonly to: string; readonly text: string }[] = [];
  return {
    mailer: {
      send({ to, text }) {
        mails.push({ to, text });
        return Promise.resolve();
      },
    },
    textsTo: (address) => Promise.resolve(mails.filter(({ to }) => to === address).map(({ text }) => text)),
  };
}

/** A mailbox over the folder that the mailer `file:FOLDER` of other processes fills. */
export function createFolderMailbox(folder: string): Mailbox {
  return {
    async textsTo(address) {
      const names = (await readdir(folder)).filter((name) => name.endsWith('.eml'));
      const messages = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
      return messages.filter((message) => headersOf(message).includes(`To: ${address}`)).map(bodyOf);
    },
  };
}

/** Lines of the head of a message that are not continued. */
const headersOf = (message: string): readonly string[] => message.slice(0, message.indexOf('\n\n')).split('\n');

function bodyOf(message: string): string {
  const body = message.slice(message.indexOf('\n\n') + 2);
  const [, encoding] = /^Content-Transfer-Encoding: (\S+)$/im.exec(message) ?? [];
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString();
  return encoding === 'quoted-printable' ? unquoted(body) : body;
}

/** RFC 2045, 6.7. */
const unquoted = (body: string): string =>
  decodeURIComponent(
    body
      .replace(/=\r?\n/g, '')
      .replace(/%/g, '%25')
      .replace(/=([\dA-F]{2})/g, '%$1'),
  );

/**
 * Waits for a mail with a link to a page of the shop, and takes the token out of it.
 * @param page such as `verify-email`. @param used tokens of mails that came before.
 */
export const mailedToken = (mailbox: Mailbox, address: string, page: string, used: readonly string[] = []) =>
  eventually(async () => {
    for (const text of await mailbox.textsTo(address)) {
      const [, token] = new RegExp(`/${page}#token=(\\S+)`).exec(text) ?? [];
      if (token !== undefined && !used.includes(decodeURIComponent(token))) return decodeURIComponent(token);
    }
    throw new Error(`no mail to ${address} leads to ${page} yet`);
  });
