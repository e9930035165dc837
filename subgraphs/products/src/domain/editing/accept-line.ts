import { cleanBlock, cleanLine, cleanOptional } from '../text.ts';
import { rule } from './rule.ts';

/** Bounds of what belongs to one product. */
export const EDIT_LIMITS = {
  title: 255,
  label: 255,
  descriptionHtml: 100_000,
  tags: 250,
  options: 3,
  variants: 250,
  media: 250,
  altText: 1_024,
  seoTitle: 255,
  seoDescription: 1_024,
  /** Texts of languages and channels. */
  texts: 200,
  channels: 100,
  categories: 20,
  relatedProducts: 50,
  /** Translated words of options, as JSON. */
  optionWordBytes: 100_000,
} as const;

/** A text of one line as it is kept; null for a blank one. @throws a broken rule */
export function optionalLine(name: string, text: string | null | undefined, maximum: number): string | null {
  const clean = cleanOptional(text);
  rule(clean === null || clean.length <= maximum, `${name} has more than ${maximum} characters.`);
  return clean;
}

/** Whether a text can be a handle: lower-case letters, digits, hyphens, dots and underscores, 1 to 255, beginning with a letter or digit. */
export const isHandle = (text: string): boolean =>
  /^[\p{L}\p{N}][\p{L}\p{N}\p{M}_.-]{0,254}$/u.test(text) && text === text.toLowerCase();

/** A handle. @throws a broken rule */
export function acceptHandle(handle: string): string {
  rule(isHandle(handle), 'The handle must be 1 to 255 lower-case letters, digits, hyphens, dots and underscores.');
  return handle;
}

/** Title as it is kept. @throws a broken rule */
export function acceptTitle(title: string): string {
  const clean = cleanLine(title);
  rule(clean !== '', 'The title is empty.');
  rule(clean.length <= EDIT_LIMITS.title, `The title has more than ${EDIT_LIMITS.title} characters.`);
  return clean;
}

/** Labels as they are kept: clean, each once, sorted by code point. @throws a broken rule */
export function acceptTags(tags: readonly string[]): string[] {
  rule(tags.length <= EDIT_LIMITS.tags, `There are ${tags.length} tags, and ${EDIT_LIMITS.tags} are allowed.`);
  const clean = new Set(tags.map(cleanLine).filter((tag) => tag !== ''));
  for (const tag of clean)
    rule(tag.length <= EDIT_LIMITS.label, `A tag has more than ${EDIT_LIMITS.label} characters.`);
  return [...clean].sort();
}

/** A brand or type as it is kept. @throws a broken rule */
export const acceptLabel = (name: string, text: string | null | undefined): string | null =>
  optionalLine(name, text, EDIT_LIMITS.label);

/** A description as it is kept. @param sanitise removes what is not safe to render. @throws a broken rule */
export function acceptDescription(html: string, sanitise: (html: string) => string): string {
  rule(
    html.length <= EDIT_LIMITS.descriptionHtml,
    `The description has more than ${EDIT_LIMITS.descriptionHtml} characters.`,
  );
  return sanitise(cleanBlock(html));
}

/** Title and description for search engines as they are kept. @throws a broken rule */
export const acceptSeoTitle = (text: string | null | undefined): string | null =>
  optionalLine('The title for search engines', text, EDIT_LIMITS.seoTitle);
export const acceptSeoDescription = (text: string | null | undefined): string | null =>
  optionalLine('The description for search engines', text, EDIT_LIMITS.seoDescription);
