import type { SendMailOptions } from 'nodemailer';
import type { Mail } from './mailer.ts';

/** A mail as nodemailer takes it. The receiver stands alone as an address, never as a text that could hold several. */
export const messageOf = ({ id, from, to, subject, text, locale }: Mail): SendMailOptions => ({
  from,
  to: { name: '', address: to },
  subject,
  text,
  messageId: `<${id}@${/@([^>\s]+)/.exec(from)?.[1] ?? 'localhost'}>`,
  headers: { 'Content-Language': locale, 'Auto-Submitted': 'auto-generated' },
  disableFileAccess: true,
  disableUrlAccess: true,
});
