import { badInput, invalidInput } from '@kontor/kit/src/errors.ts';
import type { Read } from './read-input.ts';

/** The value of an input field of an internal command. @throws GraphQLError BAD_USER_INPUT naming the field. */
export function valueOf<T>(read: Read<T>): T {
  if ('fault' in read) throw badInput(read.fault.message, ['input', read.fault.field]);
  return read.value;
}

/** The refusal of a public command whose input breaks a rule, naming the first field that does; null when none does. */
export function refusalOf(...reads: readonly Read<unknown>[]): ReturnType<typeof invalidInput> | null {
  for (const read of reads)
    if ('fault' in read) return invalidInput(read.fault.code, read.fault.message, ['input', read.fault.field]);
  return null;
}
