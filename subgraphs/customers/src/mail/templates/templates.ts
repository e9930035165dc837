import { de } from './de.ts';
import { en } from './en.ts';
import type { MailTemplate } from './template.ts';

/** What mails there are. */
export type MailKind = keyof typeof en;

const LOCALES: ReadonlyMap<string, Readonly<Record<MailKind, MailTemplate>>> = new Map([
  ['en', en],
  ['de', de],
]);

/** Whether a text names a mail that there is. */
export const isMailKind = (kind: string): kind is MailKind => Object.hasOwn(en, kind);

/** The text of a mail in a language, such as `de` or `de-AT`; in English where it has none. @returns it with the language it is in. */
export function templateOf(
  kind: MailKind,
  locale: string | null,
): { readonly locale: string; readonly template: MailTemplate } {
  const language = locale?.split('-')[0]?.toLowerCase() ?? 'en';
  const templates = LOCALES.get(language);
  return templates ? { locale: language, template: templates[kind] } : { locale: 'en', template: en[kind] };
}
