import { isId } from '@kontor/kit/src/ids.ts';
import { isCurrencyCode } from '@kontor/kit/src/money.ts';
import { isLocale } from './locale.ts';

/** What a preference can be. */
export type PreferenceValue = string | number | boolean;

/** A preference of a person. */
export interface Preference {
  readonly customerId: string;
  readonly key: string;
  readonly value: PreferenceValue;
}

/** Preferences that one person can have. */
export const MOST_PREFERENCES = 50;
const MAX_TEXT_LENGTH = 500;
const KEY = /^[a-z][a-z0-9_]{0,29}(?:\.[a-z0-9][a-z0-9_-]{0,39})?$/;

type Check = (value: PreferenceValue) => boolean;
/** Keys whose values mean the same everywhere. */
const KNOWN: ReadonlyMap<string, readonly [Check, string]> = new Map<string, readonly [Check, string]>([
  ['locale', [(value) => typeof value === 'string' && isLocale(value), 'a language tag, such as de or pt-BR']],
  ['currency', [(value) => typeof value === 'string' && isCurrencyCode(value), 'a currency code, such as EUR']],
  ['store', [(value) => typeof value === 'string' && isId(value), 'the id of a location']],
]);
const TOPIC = /^topics\./;

/** Whether a text can be the key of a preference: `name` or `area.name`, in lower case. */
export const isPreferenceKey = (key: string): boolean => KEY.test(key);

/** What is wrong with the value of a key; null when nothing is. Keys that are not known take any text, number or switch. */
export function preferenceFault(key: string, value: PreferenceValue): string | null {
  if (typeof value === 'number' && !Number.isFinite(value)) return 'A number must be finite.';
  if (typeof value === 'string' && (value.length > MAX_TEXT_LENGTH || !value.isWellFormed() || value.includes('\0')))
    return `A text has at most ${MAX_TEXT_LENGTH} characters.`;
  if (TOPIC.test(key) && typeof value !== 'boolean') return `${key} is a switch: send isOn.`;
  const known = KNOWN.get(key);
  return known && !known[0](value) ? `${key} is ${known[1]}.` : null;
}
