import { isId } from '@kontor/kit/src/ids.ts';
import { isCurrencyCode } from '@kontor/kit/src/money.ts';
import { acceptServiceLevels, type ServiceLevel } from './service-levels.ts';
import { cleanLine } from './text.ts';

/** A channel as somebody wants it. */
export interface ChannelInput {
  readonly code: string;
  readonly name: string;
  readonly currencies: readonly string[];
  readonly countries: readonly string[];
  readonly locales: readonly string[];
  readonly locationIds: readonly string[];
  /** How its orders reach their buyers, the default first; null or absent to leave them as they are. */
  readonly serviceLevels?: readonly ServiceLevel[] | null | undefined;
}

/** A channel that keeps all rules. */
export type AcceptedChannel = ChannelInput & { readonly serviceLevels: ServiceLevel[] | null };

/** A rule that an input breaks. */
export interface BrokenRule {
  readonly code: string;
  readonly message: string;
  /** The field at fault within the input. */
  readonly field: string;
}

const MAX_CODES = 50;
const MAX_LOCATIONS = 5_000;
const MAX_NAME_LENGTH = 100;

const regionNames = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
/** Codes that CLDR names although ISO 3166-1 assigns them to no country. */
const NO_COUNTRIES = new Set(['EU', 'EZ', 'UN', 'QO', 'XA', 'XB', 'ZZ']);

/** Whether a text is the ISO 3166-1 alpha-2 code of a country. */
export const isCountryCode = (text: string): boolean =>
  /^[A-Z]{2}$/.test(text) && !NO_COUNTRIES.has(text) && regionNames.of(text) !== undefined;

/** A BCP 47 language tag in its canonical writing, such as `de-AT`; null for anything else. */
export function canonicalLocale(text: string): string | null {
  try {
    return Intl.getCanonicalLocales(text)[0] ?? null;
  } catch {
    return null;
  }
}

/** Checks a channel. @returns the channel in its canonical writing, without repeats, or the first rule that it breaks. */
export function acceptChannel(
  input: ChannelInput,
): { readonly channel: AcceptedChannel } | { readonly broken: BrokenRule } {
  const broken = (field: string, code: string, message: string) => ({ broken: { field, code, message } });
  const name = cleanLine(input.name);
  if (!/^[a-z0-9-]{2,32}$/.test(input.code))
    return broken('code', 'INVALID_CODE', 'A channel code is 2 to 32 lower-case letters, digits and hyphens.');
  if (name === '' || name.length > MAX_NAME_LENGTH)
    return broken('name', 'INVALID_NAME', `A channel's name has 1 to ${MAX_NAME_LENGTH} characters.`);
  for (const field of ['currencies', 'countries', 'locales'] as const) {
    const count = input[field].length;
    if (count < 1 || count > MAX_CODES)
      return broken(field, 'INVALID_COUNT', `A channel has 1 to ${MAX_CODES} ${field}, the default first.`);
  }
  const currency = input.currencies.find((code) => !isCurrencyCode(code));
  if (currency !== undefined)
    return broken('currencies', 'INVALID_CURRENCY', `"${currency.slice(0, 20)}" is not a currency of ISO 4217.`);
  const country = input.countries.find((code) => !isCountryCode(code));
  if (country !== undefined)
    return broken('countries', 'INVALID_COUNTRY', `"${country.slice(0, 20)}" is not a country of ISO 3166-1.`);
  const locale = input.locales.find((tag) => canonicalLocale(tag) === null);
  if (locale !== undefined)
    return broken('locales', 'INVALID_LOCALE', `"${locale.slice(0, 20)}" is not a language tag of BCP 47.`);
  if (input.locationIds.length > MAX_LOCATIONS)
    return broken('locationIds', 'INVALID_COUNT', `A channel sells the stock of at most ${MAX_LOCATIONS} locations.`);
  const location = input.locationIds.find((id) => !isId(id));
  if (location !== undefined)
    return broken('locationIds', 'INVALID_LOCATION', `"${location.slice(0, 40)}" is not the id of a location.`);
  const accepted = input.serviceLevels == null ? null : acceptServiceLevels(input.serviceLevels);
  if (accepted !== null && 'broken' in accepted)
    return broken('serviceLevels', accepted.broken.code, accepted.broken.message);
  return {
    channel: {
      code: input.code,
      name,
      currencies: distinct(input.currencies),
      countries: distinct(input.countries),
      locales: distinct(input.locales.map((tag) => canonicalLocale(tag) ?? tag)),
      locationIds: distinct(input.locationIds.map((id) => id.toLowerCase())),
      serviceLevels: accepted?.levels ?? null,
    },
  };
}

const distinct = (list: readonly string[]): string[] => [...new Set(list)];
