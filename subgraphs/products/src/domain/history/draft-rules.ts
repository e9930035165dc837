import { acceptInstant } from './publication-dates.ts';

/** A draft as somebody wants it. */
export interface DraftInput {
  /** What `productUpdate` would be given, without the product and its version. */
  readonly change: Readonly<Record<string, unknown>>;
  readonly publishAt?: string | null | undefined;
}

/** A draft as it is kept. */
export interface AcceptedDraft {
  readonly change: unknown;
  readonly publishAt: string | null;
}

/** A rule that a draft breaks; `field` names what is at fault. */
export interface BrokenDraft {
  readonly code: string;
  readonly message: string;
  readonly field: string;
}

/** A description, its translations, and the attributes of many variants. */
const MAX_CHARACTERS = 1_000_000;
/** What PostgreSQL cannot keep in JSON: NUL, and halves of characters. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/;

/** Checks whether a draft can be kept: what its change holds is checked when it is made, since the product will be another until then. */
export function acceptDraft({
  change,
  publishAt = null,
}: DraftInput): { readonly draft: AcceptedDraft } | { readonly broken: BrokenDraft } {
  const broken = (code: string, field: string, message: string) => ({ broken: { code, field, message } });
  const text = JSON.stringify(change);
  const kept: unknown = JSON.parse(text);
  if (Object.keys(kept as object).length === 0)
    return broken('EMPTY_DRAFT', 'change', 'The draft changes nothing: name what it shall change.');
  if (text.length > MAX_CHARACTERS)
    return broken('TOO_LARGE', 'change', `A draft has at most ${MAX_CHARACTERS} characters, not ${text.length}.`);
  if (UNSTORABLE.test(text))
    return broken('INVALID_TEXT', 'change', 'A text holds a character that cannot be kept: NUL, or half of one.');
  const instant = publishAt === null ? null : acceptInstant(publishAt);
  if (publishAt !== null && instant === null)
    return broken('INVALID_DATES', 'publishAt', 'publishAt is not in the years 1970 to 9998.');
  return { draft: { change: kept, publishAt: instant } };
}
