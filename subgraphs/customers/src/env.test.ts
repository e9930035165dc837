import { expect, it } from 'vitest';
import { readIdentityEnv } from './env.ts';

it('works without any value', () => {
  expect(readIdentityEnv({})).toMatchObject({ signUp: 'instant', identitySecret: undefined, keyMode: 'test' });
});

it('names every bad value at once, and repeats no secret', () => {
  const read = () =>
    readIdentityEnv({
      IDENTITY_SECRET: 'too short a secret',
      SIGN_UP: 'sometimes',
      MAILER: 'pigeon',
      MAIL_LINK_BASE: 'javascript:alert(1)',
    });
  for (const name of ['IDENTITY_SECRET', 'SIGN_UP', 'MAILER', 'MAIL_LINK_BASE'])
    expect(read).toThrow(new RegExp(`^  ${name}: `, 'm'));
  expect(read).not.toThrow(/too short a secret/);
});
