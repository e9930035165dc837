import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { toErrors } from './errors.ts';

const messages = (fault: unknown) => toErrors(fault).map(({ message }) => message);

describe('toErrors', () => {
  it('keeps the errors of the operation', () => {
    const errors = [new GraphQLError('no such field')];
    expect(toErrors(errors)).toBe(errors);
  });

  it('gives the code and reason of a closed socket', () => {
    const [error] = toErrors(new CloseEvent('close', { code: 4403, reason: 'Forbidden' }));
    expect(error!.toJSON()).toEqual({
      message: "The subscription's connection was closed: Forbidden",
      extensions: { closeCode: 4403 },
    });
  });

  it('says what 1006 can mean', () => {
    expect(messages(new CloseEvent('close', { code: 1006 }))[0]).toContain('refused it or is not running');
  });

  it('shows any other fault', () => {
    expect(messages(new Error('odd'))).toEqual(['odd']);
    expect(messages('odd')).toEqual(['odd']);
  });
});
