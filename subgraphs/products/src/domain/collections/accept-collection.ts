import {
  acceptDescription,
  acceptHandle,
  acceptSeoDescription,
  acceptSeoTitle,
  acceptTitle,
} from '../editing/accept-line.ts';
import { acceptLocale } from '../editing/accept-words.ts';
import { inKeyOrder, sameJson } from '../editing/key-order.ts';
import { at, broken, each, orBroken, rule, type BrokenRule } from '../editing/rule.ts';
import type { CollectionRule } from './collection-rule.ts';
import type { CollectionTexts, CollectionTranslations } from './collection-texts.ts';
import { readRule, type RuleInput } from './read-rule.ts';

const MAX_LOCALES = 50;
/** Characters of all translations together: they are read with the collection. */
const MAX_TRANSLATED = 200_000;

type Given<T> = T | null | undefined;

/** Texts of a collection in a language, as somebody wants them. */
export interface CollectionTextInput {
  readonly locale: string;
  readonly title?: Given<string>;
  readonly descriptionHtml?: Given<string>;
  readonly seoTitle?: Given<string>;
  readonly seoDescription?: Given<string>;
}

/** A collection as somebody wants it: what is absent stays, what can be removed is removed by null. */
export interface CollectionInput {
  readonly handle?: Given<string>;
  readonly title?: Given<string>;
  readonly descriptionHtml?: Given<string>;
  readonly seoTitle?: Given<string>;
  readonly seoDescription?: Given<string>;
  readonly translations?: Given<readonly CollectionTextInput[]>;
  readonly rule?: Given<RuleInput>;
}

/** A collection as it is kept, without its products. */
export interface CollectionValue {
  readonly handle: string;
  readonly title: string;
  readonly descriptionHtml: string;
  readonly seoTitle: string | null;
  readonly seoDescription: string | null;
  readonly translations: CollectionTranslations;
  readonly rule: CollectionRule | null;
}

/** A collection with a change laid over it, or the first rule that the change breaks. @param before null for one that is made. */
export function acceptCollection(
  input: CollectionInput,
  before: CollectionValue | null,
  sanitise: (html: string) => string,
): { readonly result: CollectionValue } | { readonly broken: BrokenRule } {
  const kept = before ?? NOTHING;
  return orBroken(() => ({
    handle: at(['handle'], () => acceptHandle(required('handle', input.handle, before?.handle))),
    title: at(['title'], () => acceptTitle(required('title', input.title, before?.title))),
    descriptionHtml: at(['descriptionHtml'], () =>
      input.descriptionHtml == null ? kept.descriptionHtml : acceptDescription(input.descriptionHtml, sanitise),
    ),
    seoTitle: at(['seoTitle'], () => (input.seoTitle === undefined ? kept.seoTitle : acceptSeoTitle(input.seoTitle))),
    seoDescription: at(['seoDescription'], () =>
      input.seoDescription === undefined ? kept.seoDescription : acceptSeoDescription(input.seoDescription),
    ),
    translations: at(['translations'], () =>
      input.translations == null ? kept.translations : acceptTranslations(input.translations, sanitise),
    ),
    rule: at(['rule'], () => (input.rule === undefined ? kept.rule : acceptRule(input.rule))),
  }));
}

const NOTHING = {
  descriptionHtml: '',
  seoTitle: null,
  seoDescription: null,
  translations: {},
  rule: null,
} as const;

function required(name: string, given: Given<string>, kept: string | undefined): string {
  const value = given ?? kept;
  rule(value !== undefined, `A new collection needs a ${name}.`);
  return value;
}

function acceptRule(input: RuleInput | null): CollectionRule | null {
  if (input === null) return null;
  const read = readRule(input);
  if ('fault' in read) throw broken(read.fault.message, read.fault.path);
  return read.rule;
}

function acceptTranslations(
  texts: readonly CollectionTextInput[],
  sanitise: (html: string) => string,
): CollectionTranslations {
  rule(texts.length <= MAX_LOCALES, `A collection has texts in at most ${MAX_LOCALES} languages.`);
  const byLocale = new Map<string, CollectionTexts>();
  each(texts, (text) => {
    const locale = at(['locale'], () => acceptLocale(text.locale));
    rule(!byLocale.has(locale), `The texts in "${locale}" are given twice.`);
    byLocale.set(locale, {
      title: at(['title'], () => (text.title == null ? null : acceptTitle(text.title))),
      descriptionHtml: at(['descriptionHtml'], () => acceptDescription(text.descriptionHtml ?? '', sanitise) || null),
      seoTitle: at(['seoTitle'], () => acceptSeoTitle(text.seoTitle)),
      seoDescription: at(['seoDescription'], () => acceptSeoDescription(text.seoDescription)),
    });
  });
  const translations = Object.fromEntries([...byLocale].filter(([, text]) => !isEmpty(text)));
  rule(
    JSON.stringify(translations).length <= MAX_TRANSLATED,
    `The texts in all languages have more than ${MAX_TRANSLATED} characters together.`,
  );
  return translations;
}

const isEmpty = (texts: CollectionTexts): boolean => Object.values(texts).every((text) => text === null);

/** Whether two collections are the same, their products apart. */
export const sameValue = (one: CollectionValue, other: CollectionValue): boolean =>
  sameJson(inKeyOrder(one), inKeyOrder(other));
