import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalizeEmail, readName, readPassword, readPhone } from './read-input.ts';

describe('normalizeEmail', () => {
  it('answers alike for blanks around it and any case', () => {
    fc.assert(
      fc.property(fc.emailAddress(), (address) => {
        const email = normalizeEmail(address);
        fc.pre(email !== null);
        expect(normalizeEmail(`  ${address.toUpperCase()}\n`)).toBe(email);
        expect(normalizeEmail(email)).toBe(email);
      }),
    );
  });

  it.each([
    '',
    'ada',
    '@example.com',
    'ada@',
    'ada@example',
    'a b@example.com',
    `${'a'.repeat(250)}@example.com`,
    'ada@example.com\0',
  ])('refuses %j', (text) => expect(normalizeEmail(text)).toBeNull());
});

describe('readPhone', () => {
  it('takes every number of E.164, however it is spaced', () => {
    const digits = fc.stringMatching(/^[1-9][0-9]{6,14}$/);
    fc.assert(
      fc.property(digits, fc.constantFrom(' ', '-', '.', '/'), (number, separator) => {
        expect(readPhone(` +${[...number].join(separator)}`)).toEqual({ value: `+${number}` });
      }),
    );
  });

  it.each(['030 123456', '+0301234567', '+49', '+1234567890123456', '+49x3012345'])('refuses %j', (text) =>
    expect(readPhone(text)).toMatchObject({ fault: { code: 'INVALID_PHONE', field: 'phone' } }),
  );

  it('reads an empty text as none', () => expect(readPhone(' ')).toEqual({ value: null }));
});

describe('readPassword', () => {
  it('takes 10 to 200 characters of any kind, in the one form of each', () => {
    expect(readPassword(' ten chars')).toEqual({ value: ' ten chars' });
    expect(readPassword('\u{1F511}'.repeat(200))).toEqual({ value: '\u{1F511}'.repeat(200) });
    expect(readPassword('Zu\u0308rich\uFF11\u2460 pass')).toEqual({ value: 'Zürich11 pass' });
  });

  it.each(['', 'too short', '\u{1F511}'.repeat(9), 'x'.repeat(201), '\uFDFA'.repeat(20), `half a pair ${'\uD83D'}`])(
    'refuses %j without repeating it',
    (text) => {
      const read = readPassword(text);
      expect(read).toMatchObject({ fault: { code: 'INVALID_PASSWORD', field: 'password' } });
      if (text) expect(JSON.stringify(read)).not.toContain(text);
    },
  );
});

describe('readName', () => {
  it('trims, and reads an empty text as none', () => {
    expect(readName(' Ada ', 'givenName')).toEqual({ value: 'Ada' });
    expect(readName('  ', 'givenName')).toEqual({ value: null });
  });

  it.each(['x'.repeat(101), 'a\nb', 'a\0b'])('refuses %j', (text) =>
    expect(readName(text, 'familyName')).toMatchObject({ fault: { code: 'INVALID_NAME', field: 'familyName' } }),
  );
});
