import type { Context } from '../../context.ts';
import { optionTranslator, type OptionWords } from '../../domain/option-words.ts';
import { localesOf, readLocale } from './read-locale.ts';

const asTheyAre = (word: string) => word;

/**
 * What translates the words of a product's options. Where nothing is translated, nobody is asked which language that would be.
 * @param locale the field's argument. @throws GraphQLError BAD_USER_INPUT for what is no language tag
 */
export async function translatorOf(
  optionWords: OptionWords | null,
  locale: string | null | undefined,
  ctx: Context,
): Promise<(word: string) => string> {
  if (optionWords !== null) return optionTranslator(optionWords, await localesOf(ctx, locale));
  readLocale(locale);
  return asTheyAre;
}
