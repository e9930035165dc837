import { invalidInput } from '@kontor/kit/src/errors.ts';
import type { BrokenRule } from '../../domain/editing/rule.ts';

const CODES: Readonly<Record<string, string>> = {
  handle: 'INVALID_HANDLE',
  status: 'INVALID_STATUS',
  taxCategory: 'INVALID_TAX_CATEGORY',
  externalReferences: 'INVALID_REFERENCE',
  attributes: 'INVALID_ATTRIBUTE',
  categoryIds: 'INVALID_CATEGORY',
  options: 'INVALID_OPTION',
  variants: 'INVALID_VARIANT',
  media: 'INVALID_MEDIA',
  channelMedia: 'INVALID_MEDIA',
  relations: 'INVALID_RELATION',
  feedFields: 'INVALID_FEED_FIELD',
};

/** The answer to an input that breaks a rule, with a code by the field at fault. */
export function refusalOf({ message, path }: BrokenRule) {
  const field = path[0] ?? '';
  return invalidInput(Object.hasOwn(CODES, field) ? CODES[field]! : 'INVALID_TEXT', message, ['input', ...path]);
}

/** The answer when the handle is another product's. */
export const handleTaken = (handle: string) => ({
  __typename: 'HandleTaken' as const,
  code: 'HANDLE_TAKEN',
  message: `The handle "${handle.slice(0, 255)}" is another product's: choose another one.`,
  path: ['input', 'handle'],
});
