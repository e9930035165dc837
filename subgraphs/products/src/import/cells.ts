import { cleanLine } from '../domain/text.ts';

// How the texts of a cell are read, in whatever table they stand.

/** A code as it is: exports put an apostrophe before digits, so that spreadsheets keep their zeros. */
export const readCode = (text: string): string | null => cleanLine(text).replace(/^'(?=\d)/, '') || null;

/** A price as a plain decimal such as `1234.50`; null when the text is none. */
export function readPrice(text: string): string | null {
  if (!/^(\d{1,3}(,\d{3})+|\d{1,12})(\.\d{1,6})?$/.test(text)) return null;
  return text.replaceAll(',', '');
}

/** A number that may carry a fraction, rounded to a whole one; null when the text is none or beyond 32 bits. */
export function readWhole(text: string): number | null {
  if (!/^-?\d{1,10}(\.\d+)?$/.test(text)) return null;
  const number = Math.round(Number(text));
  return Math.abs(number) < 2 ** 31 ? number : null;
}

/** `true`, `TRUE` and `1` are yes. */
export const readFlag = (text: string): boolean => /^(true|yes|1)$/i.test(text);

/** An address as it can be kept, written out where it has characters of other alphabets; null when it is none of the web. */
export function readAddress(text: string, isWebAddress: (text: string) => boolean): string | null {
  const url = isWebAddress(text) ? text : (URL.parse(text)?.href ?? '');
  return isWebAddress(url) ? url : null;
}

const UNSAFE = /<\s*(script|iframe|object|embed|style|form|svg)\b|\son\w+\s*=|javascript:/i;

/** What to say of a description of which not everything is safe to show; null when nothing hints at it. */
export const noteOnHtml = (html: string): string | null =>
  UNSAFE.test(html) ? 'The description has HTML that is not safe to show, such as scripts: it is left out.' : null;
