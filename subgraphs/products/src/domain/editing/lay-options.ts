import type { OptionWords } from '../option-words.ts';
import type { TextByLocale } from '../types/attribute-definition.ts';
import { EDIT_LIMITS } from './accept-line.ts';
import { inKeyOrder } from './key-order.ts';
import type { KeptVariant } from './product-content.ts';
import type { OptionsEdit } from './product-edit.ts';
import { rule } from './rule.ts';

const utf8 = new TextEncoder();

/**
 * Which old option each new one is: the one of its name; where there are as many as before, those with new names take the places of
 * those whose names are gone. @returns by new option the place of the old one; null for one that is new.
 */
export function matchOptions(kept: readonly string[], wanted: readonly string[]): (number | null)[] {
  const gone = kept.flatMap((name, place) => (wanted.includes(name) ? [] : [place]));
  return wanted.map((name) => {
    const place = kept.indexOf(name);
    if (place >= 0) return place;
    return kept.length === wanted.length ? (gone.shift() ?? null) : null;
  });
}

/** The option values of a variant under options that changed; null where it has none yet. */
export const moveOptionValues = (
  optionValues: readonly string[],
  places: readonly (number | null)[],
): (string | null)[] => places.map((place) => (place === null ? null : (optionValues[place] ?? null)));

/** Words of options as they are after an edit: those that no option uses are left out. @throws a broken rule */
export function layOptionWords(
  kept: { readonly optionNames: readonly string[]; readonly optionWords: OptionWords },
  edit: OptionsEdit | null,
  names: readonly string[],
  variants: readonly Pick<KeptVariant, 'optionValues'>[],
): OptionWords {
  const before = edit?.replacesWords ? {} : kept.optionWords;
  if (Object.keys(before).length === 0 && !edit?.words.size) return {};
  const byWord = byWordOf(before);
  if (edit?.renames) renameWords(byWord, kept.optionNames, names);
  for (const [word, texts] of edit?.words ?? []) byWord.set(word, texts);
  const used = new Set([...names, ...variants.flatMap(({ optionValues }) => optionValues)]);
  const said = [...byWord].flatMap(([word, texts]) =>
    used.has(word) ? Object.entries(texts).map(([locale, text]) => ({ locale, word, text })) : [],
  );
  const byLocale = Map.groupBy(said, ({ locale }) => locale);
  const words: OptionWords = inKeyOrder(
    Object.fromEntries(
      [...byLocale].map(([locale, each]) => [locale, Object.fromEntries(each.map(({ word, text }) => [word, text]))]),
    ),
  );
  rule(
    utf8.encode(JSON.stringify(words)).length <= EDIT_LIMITS.optionWordBytes,
    `The words of the options take at most ${EDIT_LIMITS.optionWordBytes / 1_000} KB.`,
  );
  return words;
}

function byWordOf(words: OptionWords): Map<string, TextByLocale> {
  const said = Object.entries(words).flatMap(([locale, texts]) =>
    Object.entries(texts).map(([word, text]) => ({ locale, word, text })),
  );
  return new Map(
    [...Map.groupBy(said, ({ word }) => word)].map(([word, each]) => [
      word,
      Object.fromEntries(each.map(({ locale, text }) => [locale, text])),
    ]),
  );
}

/** An option that is called another name takes its translations along. */
function renameWords(byWord: Map<string, TextByLocale>, kept: readonly string[], wanted: readonly string[]): void {
  for (const [index, place] of matchOptions(kept, wanted).entries()) {
    const before = place === null ? undefined : byWord.get(kept[place]!);
    const name = wanted[index]!;
    if (before && !byWord.has(name)) byWord.set(name, before);
  }
}
