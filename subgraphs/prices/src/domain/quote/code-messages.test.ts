import { expect, test } from 'vitest';
import { codeMessage } from './code-messages.ts';

test('an applied code needs no words, a refused one has some, and one that is not in force reads as one that there is none of', () => {
  expect(codeMessage('APPLIED')).toBeNull();
  expect(codeMessage('CODE_USED_UP')).toBe('This code has been used already.');
  expect(codeMessage('NOT_ACTIVE')).toBe(codeMessage('CODE_UNKNOWN'));
});
