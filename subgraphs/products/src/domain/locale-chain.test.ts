import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalLocale } from './channel-rules.ts';
import { localeChain, textInChain } from './locale-chain.ts';

describe('localeChain', () => {
  it.each([
    ['de', ['de']],
    ['de-AT', ['de-AT', 'de']],
    ['DE-at', ['de-AT', 'de']],
    ['zh-hant-tw', ['zh-Hant-TW', 'zh-Hant', 'zh']],
    [
      'zh-Hant-CN-x-private1-private2',
      ['zh-Hant-CN-x-private1-private2', 'zh-Hant-CN-x-private1', 'zh-Hant-CN', 'zh-Hant', 'zh'],
    ],
    ['en-u-ca-gregory', ['en-u-ca-gregory', 'en-u-ca', 'en']],
    ['', []],
    ['not a tag', []],
    ['de_DE', []],
    ['x', []],
    [`de-${'a'.repeat(70)}`, []],
  ])('of %j is %j', (locale, expected) => {
    expect(localeChain(locale, 'fr')).toEqual(expected);
  });

  it('is that of the channel when nothing was asked for, and empty for callers without a channel', () => {
    expect(localeChain(null, 'pt-BR')).toEqual(['pt-BR', 'pt']);
    expect(localeChain(null, null)).toEqual([]);
  });

  it('is bounded and begins with the canonical tag, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,12}$/)), (text) => {
        const chain = localeChain(text, null);
        expect(chain.length).toBeLessThanOrEqual(8);
        if (chain.length > 0) expect(chain[0]).toBe(canonicalLocale(text));
        for (const [index, tag] of chain.slice(1).entries()) expect(chain[index]!.startsWith(`${tag}-`)).toBe(true);
      }),
      { seed: 4647, numRuns: 500 },
    );
  });
});

describe('textInChain', () => {
  it('takes the first language that has a text', () => {
    expect(textInChain({ de: 'Jacke', 'de-AT': null }, ['de-AT', 'de'])).toBe('Jacke');
    expect(textInChain({ en: 'Jacket' }, ['de'])).toBeUndefined();
    expect(textInChain(null, ['de'])).toBeUndefined();
  });

  it('takes nothing that texts only inherit', () => {
    expect(textInChain({}, ['constructor', '__proto__', 'toString'])).toBeUndefined();
  });
});
