import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Mailer } from './mailer.ts';

/** Prints mails for people who develop; not a log, which must hold no address. */
export const createConsoleMailer = (output: Writable = process.stdout): Mailer => ({
  async send({ from, to, subject, text }) {
    const lines = [`From: ${from}`, `To: ${to}`, `Subject: ${subject}`, '', ...text.split('\n')];
    const framed = ['┌─ mail', ...lines.map((line) => `│ ${line}`), '└─'].join('\n');
    if (!output.write(`${framed}\n`)) await once(output, 'drain');
  },
});
