import { TAX_CATEGORY } from '../taxes/decide-tax-rates.ts';
import { acceptZones } from './accept-shipping-zones.ts';
import { broken, type Accepted } from './accepted.ts';
import type { ShippingOption, ShippingZone } from './shipping-option.ts';

/** A way of sending as somebody wants it. */
export interface ShippingOptionInput extends Omit<ShippingOption, 'version' | 'names'> {
  readonly names: readonly { readonly locale: string; readonly name: string }[];
}

export type ShippingOptionDraft = Omit<ShippingOption, 'version'>;

const CODE = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;
const CHANNEL = /^[a-z0-9][a-z0-9_-]{0,63}$/i;
const MAX_NAME_LENGTH = 100;
const MAX_NAMES = 50;
const MAX_CHANNELS = 100;
const MAX_POSITION = 1_000_000;
/** As text, so that all options together stay small enough to be kept by every process. */
const MAX_ZONES_LENGTH = 64_000;

/** A way of sending as it is kept, or the first rule that it breaks. */
export function acceptShippingOption(input: ShippingOptionInput): Accepted<ShippingOptionDraft> {
  const { code, position, isActive, channels, currency, taxIncluded, taxCategory } = input;
  if (!CODE.test(code))
    return broken(
      'INVALID_CODE',
      'A code is 1 to 64 lower-case letters, digits and hyphens, such as "parcel".',
      'code',
    );
  if (position < 0 || position > MAX_POSITION)
    return broken('INVALID_POSITION', `A position is from 0 to ${MAX_POSITION}.`, 'position');
  const name = acceptName(input.name);
  if (name === null) return broken('INVALID_NAME', NAME_RULE, 'name');
  const names = acceptNames(input.names);
  if ('fault' in names) return names;
  if (channels.length > MAX_CHANNELS || !channels.every((channel) => CHANNEL.test(channel)))
    return broken('INVALID_CHANNEL', `Channels are named by their codes, at most ${MAX_CHANNELS}.`, 'channels');
  if (!TAX_CATEGORY.test(taxCategory))
    return broken('INVALID_TAX_CATEGORY', 'A category is 1 to 64 letters, digits, - and _.', 'taxCategory');
  const zones = acceptZones(input.zones);
  if ('fault' in zones) return zones;
  if (sizeOf(zones.value) > MAX_ZONES_LENGTH)
    return broken('TOO_MANY', 'The zones name more places than an option can hold: make another option.', 'zones');
  const rest = { channels: [...new Set(channels)], currency, taxIncluded, taxCategory, zones: zones.value };
  return { value: { code, position, isActive, name, names: names.value, ...rest } };
}

const sizeOf = (zones: readonly ShippingZone[]): number => JSON.stringify(zones).length;

const NAME_RULE = `A name has 1 to ${MAX_NAME_LENGTH} characters, without line breaks.`;

/** A name, trimmed; null when it is none. */
function acceptName(text: string): string | null {
  const name = text.trim();
  return name.length >= 1 && name.length <= MAX_NAME_LENGTH && !/\p{Cc}/u.test(name) ? name : null;
}

function acceptNames(given: ShippingOptionInput['names']): Accepted<Record<string, string>> {
  if (given.length > MAX_NAMES) return broken('TOO_MANY', `At most ${MAX_NAMES} languages.`, 'names');
  const names = new Map<string, string>();
  for (const [index, { locale, name: text }] of given.entries()) {
    const at = (field: string) => ['names', String(index), field] as const;
    const tag = canonicalLocale(locale);
    if (tag === null || names.has(tag))
      return broken(
        'INVALID_LOCALE',
        'A language is a tag of BCP 47, such as de or pt-BR, each once.',
        ...at('locale'),
      );
    const name = acceptName(text);
    if (name === null) return broken('INVALID_NAME', NAME_RULE, ...at('name'));
    names.set(tag, name);
  }
  return { value: Object.fromEntries(names) };
}

const MAX_LOCALE_LENGTH = 35;

/** A language tag as BCP 47 writes it, such as `pt-BR`; null when it is none. */
function canonicalLocale(text: string): string | null {
  if (text.length > MAX_LOCALE_LENGTH) return null;
  try {
    return Intl.getCanonicalLocales(text)[0] ?? null;
  } catch {
    return null;
  }
}
