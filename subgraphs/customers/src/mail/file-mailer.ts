import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import type { Mailer } from './mailer.ts';
import { messageOf } from './message.ts';

/** Keeps each mail as a file `ID.eml` in a folder, which it makes. A mail that is sent again replaces its file. */
export function createFileMailer(folder: string): Mailer {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'unix' });
  return {
    async send(mail) {
      const { message } = await transport.sendMail(messageOf(mail));
      await mkdir(folder, { recursive: true });
      // Whoever watches the folder sees whole files only.
      const path = join(folder, `${mail.id}.eml`);
      await writeFile(`${path}.part`, message);
      await rename(`${path}.part`, path);
    },
  };
}
