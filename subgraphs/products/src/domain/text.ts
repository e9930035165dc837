const TITLE_KEY_LENGTH = 255;

/** A text on one line: no control characters, no doubled blanks, nothing around it. PostgreSQL and JSON take the result as it is. */
export const cleanLine = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();

/** The same, with null for nothing. */
export const cleanOptional = (text: string | null | undefined): string | null => cleanLine(text ?? '') || null;

/** A text of several lines without the characters that PostgreSQL cannot store. */
export const cleanBlock = (text: string): string => text.toWellFormed().replaceAll('\0', '').trim();

/** A text folded for sorting and comparing: lower case, without accents, at most 255 characters. */
export const foldText = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .slice(0, TITLE_KEY_LENGTH)
    .toWellFormed();

/** Whether a text can be compared with a column at all: PostgreSQL knows no NUL, and takes no half of a surrogate pair out of JSON. */
export const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

/** Whether a text is an absolute address of the web, at most 2,048 characters when written out. */
export function isWebAddress(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    text.length <= 2048 &&
    !/[^\x21-\x7e]/.test(text)
  );
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ', '#39': "'" };

/** The words of sanitised HTML on one line, cut behind a word at `maximum` characters. */
export function plainText(html: string, maximum: number): string {
  const text = cleanLine(
    html.replace(/<[^>]*>/g, ' ').replace(/&(#39|[a-z]+);/g, (entity, name: string) => ENTITIES[name] ?? entity),
  );
  if (text.length <= maximum) return text;
  const cut = text.slice(0, maximum).toWellFormed();
  const lastBlank = cut.lastIndexOf(' ');
  return lastBlank > maximum / 2 ? cut.slice(0, lastBlank) : cut;
}
