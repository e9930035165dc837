import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localeChain } from './locale-chain.ts';
import { optionTranslator } from './option-words.ts';
import { pickTexts, type TextRow } from './product-texts.ts';

describe('pickTexts', () => {
  const channels = fc.constantFrom('', 'web');
  const locales = fc.constantFrom('', 'zh', 'zh-Hant', 'zh-Hant-TW');
  const text = fc.option(fc.string({ maxLength: 3 }));
  const rows = fc.uniqueArray(
    fc
      .tuple(locales, channels, text, text, text, text)
      .filter(([locale, channel]) => locale !== '' || channel !== '') as fc.Arbitrary<TextRow>,
    { selector: ([locale, channel]) => `${locale} ${channel}` },
  );

  it('takes each text from the first place of the chain that has it', () => {
    fc.assert(
      fc.property(rows, (given) => {
        const picked = pickTexts(given);
        const places = [...localeChain('zh-Hant-TW', null), ''].flatMap((locale) =>
          ['web', ''].map((channel) => given.find(([l, c]) => l === locale && c === channel)),
        );
        const first = (column: number) =>
          places.map((row) => row?.[column]).find((each) => each !== undefined && each !== null) ?? null;
        const expected = {
          title: first(2),
          seoTitle: first(3),
          seoDescription: first(4),
          descriptionHtml: first(5),
        };
        expect(picked).toEqual(given.length === 0 ? null : expected);
      }),
      { seed: 3_066, numRuns: 500 },
    );
  });
});

describe('optionTranslator', () => {
  it('passes over a language that does not have the word, and leaves a word that none has', () => {
    const translate = optionTranslator({ 'de-AT': { Size: 'Größe' }, de: { Size: 'Gr.', Red: 'Rot' } }, [
      'de-AT',
      'de',
    ]);
    expect(['Size', 'Red', 'Blue'].map(translate)).toEqual(['Größe', 'Rot', 'Blue']);
  });

  it('takes words of any name as words', () => {
    const words = JSON.parse(
      '{"de": {"__proto__": "Prototyp", "toString": "Text"}, "__proto__": {"x": "no"}}',
    ) as Record<string, Record<string, string>>;
    const translate = optionTranslator(words, ['de', 'constructor']);
    expect(['__proto__', 'toString', 'constructor', 'valueOf', 'x'].map(translate)).toEqual([
      'Prototyp',
      'Text',
      'constructor',
      'valueOf',
      'x',
    ]);
  });
});
