import type { Database } from '@kontor/kit/src/database.ts';
import { invalidInput } from '@kontor/kit/src/errors.ts';
import { findPreferences, writePreferences } from '../../data/profile/details.ts';
import type { Customer } from '../../domain/profile/customer.ts';
import {
  isPreferenceKey,
  MOST_PREFERENCES,
  preferenceFault,
  type PreferenceValue,
} from '../../domain/profile/preference.ts';
import { changeProfile } from './changed-profile.ts';

/** A preference as a client sends it: one of its values, or none to clear it. */
export interface PreferenceInput {
  readonly key: string;
  readonly text?: string | null | undefined;
  readonly number?: number | null | undefined;
  readonly isOn?: boolean | null | undefined;
}

export type PreferencesOutcome =
  { readonly __typename: 'PreferencesChanged'; readonly customer: Customer } | ReturnType<typeof invalidInput>;

/** Sets and clears preferences; others stay. @returns InvalidInput with the place at fault, and nothing is changed; null when there is no such profile. */
export async function setPreferences(
  db: Database,
  customerId: string,
  inputs: readonly PreferenceInput[],
): Promise<PreferencesOutcome | null> {
  const read = readPreferences(inputs);
  if ('code' in read) return read;
  const set = [...read].flatMap(([key, value]) => (value === null ? [] : [{ key, value }]));
  const cleared = [...read].flatMap(([key, value]) => (value === null ? [key] : []));
  const result = await changeProfile(db, customerId, async (tx, { id }) => {
    const keys = new Set((await findPreferences(tx, [id])).map(({ key }) => key));
    for (const key of cleared) keys.delete(key);
    for (const { key } of set) keys.add(key);
    if (keys.size > MOST_PREFERENCES) return { outcome: false, changed: false };
    return { outcome: true, changed: await writePreferences(tx, id, set, cleared) };
  });
  if (!result) return null;
  return result.outcome ? { __typename: 'PreferencesChanged', customer: result.customer } : TOO_MANY;
}

const TOO_MANY = invalidInput('TOO_MANY_PREFERENCES', `A profile has at most ${MOST_PREFERENCES} preferences.`, [
  'input',
  'preferences',
]);

function readPreferences(
  inputs: readonly PreferenceInput[],
): Map<string, PreferenceValue | null> | ReturnType<typeof invalidInput> {
  if (inputs.length > MOST_PREFERENCES) return TOO_MANY;
  const read = new Map<string, PreferenceValue | null>();
  for (const [index, { key, text, number, isOn }] of inputs.entries()) {
    const refuse = (message: string, field: string) =>
      invalidInput('INVALID_PREFERENCE', message, ['input', 'preferences', String(index), field]);
    if (!isPreferenceKey(key)) return refuse('A key is a name, or area.name, in lower case.', 'key');
    if (read.has(key)) return refuse('Name each key once.', 'key');
    const values = [text, number, isOn].filter((value) => value !== null && value !== undefined);
    if (values.length > 1) return refuse('Send one of text, number and isOn.', 'key');
    const value = values[0] ?? null;
    const fault = value === null ? null : preferenceFault(key, value);
    if (fault !== null) return refuse(fault, typeof value === 'string' ? 'text' : 'key');
    read.set(key, value);
  }
  return read;
}
