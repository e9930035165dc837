import { isId } from '@kontor/kit/src/ids.ts';
import { z } from 'zod';
import { isLocale } from '../domain/profile/locale.ts';

/** A field that breaks a rule: which and why. */
export interface InputFault {
  readonly code: string;
  readonly message: string;
  readonly field: string;
}

/** A value as it is kept, or why it cannot be. */
export type Read<T> = { readonly value: T } | { readonly fault: InputFault };

/** RFC 5321, 4.5.3.1: a path is at most 256 octets with its brackets. */
const MAX_EMAIL_LENGTH = 254;
const MAX_NAME_LENGTH = 100;
const MIN_PASSWORD_LENGTH = 10;
const MAX_PASSWORD_LENGTH = 200;
const emailShape = z.email().max(MAX_EMAIL_LENGTH);

/** An address as it identifies a person: trimmed, in lower case; null when it is none. */
export function normalizeEmail(text: string): string | null {
  const email = text.trim().toLowerCase();
  return emailShape.safeParse(email).success ? email : null;
}

export function readEmail(text: string, field = 'email'): Read<string> {
  const email = normalizeEmail(text);
  if (email !== null) return { value: email };
  return { fault: { code: 'INVALID_EMAIL', message: 'This is not an email address, such as ada@example.com.', field } };
}

/**
 * A password as it is hashed: in NFKC, so that it does not depend on the keyboard it was typed on. Blanks count.
 * What is refused is not repeated.
 */
export function readPassword(text: string, field = 'password'): Read<string> {
  // Long before it is normalised, since that can lengthen it.
  const password = text.length <= 2 * MAX_PASSWORD_LENGTH && text.isWellFormed() ? text.normalize('NFKC') : '';
  const { length } = [...password];
  if (length >= MIN_PASSWORD_LENGTH && length <= MAX_PASSWORD_LENGTH) return { value: password };
  const message = `A password has ${MIN_PASSWORD_LENGTH} to ${MAX_PASSWORD_LENGTH} characters.`;
  return { fault: { code: 'INVALID_PASSWORD', message, field } };
}

/** A name, trimmed; null for none or an empty one. */
export function readName(text: string | null | undefined, field: string): Read<string | null> {
  const name = text?.trim() || null;
  if (name === null || (name.length <= MAX_NAME_LENGTH && !/\p{Cc}/u.test(name))) return { value: name };
  const message = `A name is at most ${MAX_NAME_LENGTH} characters, without line breaks or other control characters.`;
  return { fault: { code: 'INVALID_NAME', message, field } };
}

/** A telephone number in E.164 form; blanks, dashes, dots and brackets between the digits are dropped. Null for none or an empty one. */
export function readPhone(text: string | null | undefined, field = 'phone'): Read<string | null> {
  const phone = text?.replace(/[\s\-./()]/g, '') || null;
  if (phone === null || /^\+[1-9]\d{6,14}$/.test(phone)) return { value: phone };
  const message = 'A telephone number begins with + and the country code, such as +4930123456.';
  return { fault: { code: 'INVALID_PHONE', message, field } };
}

/** A text of 1 to `maximum` characters, trimmed. */
export function readText(text: string, field: string, maximum: number): Read<string> {
  const value = text.trim();
  if (value.length >= 1 && value.length <= maximum && !value.includes('\0')) return { value };
  return { fault: { code: 'INVALID_TEXT', message: `${field} must have 1 to ${maximum} characters.`, field } };
}

/** An id that may be absent. */
export function readId(text: string | null | undefined, field: string): Read<string | null> {
  if (text === null || text === undefined || isId(text)) return { value: text?.toLowerCase() ?? null };
  return { fault: { code: 'INVALID_ID', message: `${field} is not an id.`, field } };
}

/** A language tag; null for none or an empty one. */
export function readLocale(text: string | null | undefined, field = 'locale'): Read<string | null> {
  const locale = text?.trim() || null;
  if (locale === null || isLocale(locale)) return { value: locale };
  return { fault: { code: 'INVALID_LOCALE', message: 'A language is a tag of BCP 47, such as de or pt-BR.', field } };
}
