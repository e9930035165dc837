import { buildSchema, parse } from 'graphql';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseOverrides, relevantLabels } from './overrides.ts';

/** Gives the numbers one after the other. */
const drawing = (...numbers: number[]) => {
  const left = numbers.values();
  return () => left.next().value!;
};

describe('chooseOverrides', () => {
  it('draws one number for each percent label, in the order of the labels', () => {
    const labels = ['percent(50)', 'percent(10)', 'percent(5.5)', 'percent(50)'];
    expect(chooseOverrides(labels, { random: drawing(0.09, 0.055, 0.499) })).toEqual(['percent(10)', 'percent(50)']);
    expect(chooseOverrides(labels, { random: drawing(0.1, 0.0549, 0.5) })).toEqual(['percent(5.5)']);
  });

  it('never chooses percent(0) and always percent(100)', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (number) => {
        expect(chooseOverrides(['percent(0)', 'percent(100)'], { random: () => number })).toEqual(['percent(100)']);
      }),
      { seed: 1 },
    );
  });

  it('takes other labels only when they are forced on, and draws nothing for what is forced', () => {
    const forced = new Map([
      ['beta', true],
      ['percent(100)', false],
      ['unknown', true],
    ]);
    const random = () => expect.unreachable();
    expect(chooseOverrides(['percent(100)', 'beta', 'gamma', 'percent(x)'], { random, forced })).toEqual(['beta']);
  });
});

describe('relevantLabels', () => {
  const schema = buildSchema(`
    type Query { media: Media  book: Book }
    interface Media { title: String  pages: Int }
    type Book implements Media { title: String  pages: Int }`);
  const facts = {
    overrideLabels: ['a', 'b', 'keys'],
    labelsByField: { 'Book.title': ['a'], 'Media.title': ['a'], 'Book.pages': ['b'], 'Media.pages': ['b'] },
    labelsOfKeys: ['keys'],
  };

  it.each([
    ['the labels of selected fields', '{ book { title } }', ['a', 'keys']],
    ['those of implementations', '{ media { ...F } } fragment F on Media { t: pages }', ['b', 'keys']],
    ['those of keys alone when no labelled field is selected', '{ book { __typename } }', ['keys']],
  ])('finds %s', (_name, text, labels) => {
    expect(relevantLabels(facts, schema, parse(text))).toEqual(labels);
  });

  it('finds nothing where there are no labels', () => {
    const none = { overrideLabels: [], labelsByField: {}, labelsOfKeys: [] };
    expect(relevantLabels(none, schema, parse('{ book { title } }'))).toEqual([]);
  });
});
