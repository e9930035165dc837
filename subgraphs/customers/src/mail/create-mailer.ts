import { createConsoleMailer } from './console-mailer.ts';
import { createFileMailer } from './file-mailer.ts';
import type { Mailer } from './mailer.ts';
import { createSmtpMailer } from './smtp-mailer.ts';

const FILE = 'file:';

/** Whether a text says where mails go. */
export const isMailerSetting = (setting: string): boolean =>
  setting === 'console' || (setting.startsWith(FILE) && setting.length > FILE.length) || isSmtp(setting);

const isSmtp = (setting: string) => /^smtps?:\/\/./.test(setting) && URL.canParse(setting);

/** The mailer of a setting: `console`, `file:FOLDER` or `smtp://…`. @throws Error for anything else. */
export function createMailer(setting: string): Mailer {
  if (setting === 'console') return createConsoleMailer();
  if (!isMailerSetting(setting)) throw new Error('A mailer is console, file:FOLDER or an smtp:// URL.');
  return setting.startsWith(FILE) ? createFileMailer(setting.slice(FILE.length)) : createSmtpMailer(setting);
}
