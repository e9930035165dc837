import { cleanLine, isStorable } from '../text.ts';
import { acceptDescription, acceptSeoDescription, acceptSeoTitle, EDIT_LIMITS, optionalLine } from './accept-line.ts';
import { acceptLocale } from './accept-words.ts';
import type { ProductTextInput } from './inputs.ts';
import type { KeptText } from './product-content.ts';
import { at, each, rule } from './rule.ts';

/** Texts of languages and channels, each once. @throws a broken rule */
export function acceptTexts(texts: readonly ProductTextInput[], sanitise: (html: string) => string): KeptText[] {
  rule(texts.length <= EDIT_LIMITS.texts, `There are more than ${EDIT_LIMITS.texts} texts.`);
  const seen = new Set<string>();
  return each(texts, (text) => {
    const channel = text.channel ?? '';
    at(['channel'], () => rule(channel !== '' || text.channel == null, 'The channel has no code.'));
    at(['channel'], () => rule(isStorable(channel), 'The channel has no such code.'));
    const locale = text.locale == null ? '' : at(['locale'], () => acceptLocale(text.locale!));
    rule(
      channel !== '' || locale !== '',
      "A text has a channel, a language or both: the others are the product's own.",
    );
    const place = JSON.stringify([channel, locale]);
    rule(!seen.has(place), `The text of "${cleanLine(channel.slice(0, 40))}" in "${locale}" is given twice.`);
    seen.add(place);
    return {
      channel,
      locale,
      title: at(['title'], () => optionalLine('The title', text.title, EDIT_LIMITS.title)),
      descriptionHtml: at(['descriptionHtml'], () => acceptDescription(text.descriptionHtml ?? '', sanitise) || null),
      seoTitle: at(['seoTitle'], () => acceptSeoTitle(text.seoTitle)),
      seoDescription: at(['seoDescription'], () => acceptSeoDescription(text.seoDescription)),
    };
  });
}

const isEmpty = ({ title, descriptionHtml, seoTitle, seoDescription }: KeptText) =>
  title === null && descriptionHtml === null && seoTitle === null && seoDescription === null;

/** Texts with others laid over them: each replaces the one of its language and channel, or removes it. @throws a broken rule */
export function layTexts(kept: readonly KeptText[], texts: readonly KeptText[]): KeptText[] {
  const placeOf = ({ channel, locale }: KeptText) => JSON.stringify([channel, locale]);
  const laid = new Map([...kept, ...texts].map((text) => [placeOf(text), text]));
  const all = [...laid.values()].filter((text) => !isEmpty(text));
  rule(all.length <= EDIT_LIMITS.texts, `The product would have more than ${EDIT_LIMITS.texts} texts.`);
  return all.sort(byPlace);
}

const byPlace = (one: KeptText, other: KeptText) =>
  one.channel === other.channel ? (one.locale < other.locale ? -1 : 1) : one.channel < other.channel ? -1 : 1;
