import { badInput } from '@kontor/kit/src/errors.ts';
import type { Read } from './read-input.ts';

/** The value of an input field of an internal command. @throws GraphQLError BAD_USER_INPUT naming the field. */
export function valueOf<T>(read: Read<T>): T {
  if ('fault' in read) throw badInput(read.fault.message, ['input', read.fault.field]);
  return read.value;
}
