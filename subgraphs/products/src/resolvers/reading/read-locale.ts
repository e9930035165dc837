import { badInput } from '@kontor/kit/src/errors.ts';
import type { Context } from '../../context.ts';
import { canonicalLocale } from '../../domain/channel-rules.ts';
import { localeChain, MAX_LOCALE_LENGTH } from '../../domain/locale-chain.ts';

/**
 * A field's argument `locale`, in its canonical writing; null when it was not given.
 * @throws GraphQLError BAD_USER_INPUT for what is no language tag
 */
export function readLocale(locale: string | null | undefined, path: readonly string[] = ['locale']): string | null {
  if (locale == null) return null;
  const canonical = locale.length > MAX_LOCALE_LENGTH ? null : canonicalLocale(locale);
  if (canonical === null)
    throw badInput(`"${locale.slice(0, 20)}" is not a language tag of BCP 47, such as de-AT.`, path);
  return canonical;
}

/**
 * The languages in which a field answers: those of its argument, else those of the caller's channel. Without an argument this may ask
 * for the channels, once in a few seconds.
 * @throws GraphQLError BAD_USER_INPUT for what is no language tag
 */
export async function localesOf(
  { live, audience }: Pick<Context, 'live' | 'audience'>,
  locale: string | null | undefined,
): Promise<string[]> {
  const wanted = readLocale(locale);
  if (wanted !== null) return localeChain(wanted, null);
  return localeChain(null, audience.channel === null ? null : await live.languages.defaultOf(audience.channel));
}
