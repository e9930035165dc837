import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VariantsEdit } from './product-edit.ts';
import { acceptChange } from './accept-change.ts';
import { acceptFeedFields, layFeedFields } from './accept-details.ts';
import { inCircles, MAX_SUCCESSORS } from './accept-relations.ts';
import { applyEdit } from './apply-edit.ts';
import { findConflicts } from './find-conflicts.ts';
import { inKeyOrder } from './key-order.ts';
import { layOptionWords, matchOptions } from './lay-options.ts';
import { emptyProduct, type KeptProduct } from './product-content.ts';
import { fieldsOf, productOfRevision } from './product-fields.ts';

const same = (html: string) => html;
const SEED = { seed: 20_260_131, numRuns: 200 };

describe('inKeyOrder', () => {
  it('writes what holds the same alike, and keeps every key, whatever it is called', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const shuffled = Object.fromEntries(Object.entries(object).reverse());
        expect(JSON.stringify(inKeyOrder(shuffled))).toBe(JSON.stringify(inKeyOrder(object)));
        expect(inKeyOrder(object)).toEqual(JSON.parse(JSON.stringify(object)));
      }),
      SEED,
    );
    const hostile = JSON.parse('{"b":1,"__proto__":{"z":1,"a":2}}') as object;
    expect(JSON.stringify(inKeyOrder(hostile))).toBe('{"__proto__":{"a":2,"z":1},"b":1}');
  });
});

describe('matchOptions', () => {
  it.each<[string[], string[], (number | null)[]]>([
    [['Size'], ['Größe'], [0]],
    [
      ['Size', 'Colour'],
      ['Colour', 'Size'],
      [1, 0],
    ],
    [
      ['Size', 'Colour'],
      ['Colour', 'Fit'],
      [1, 0],
    ],
    [['Size'], ['Size', 'Colour'], [0, null]],
    [['Size', 'Colour'], ['Colour'], [1]],
    [[], ['Size'], [null]],
    [
      ['A', 'B', 'C'],
      ['X', 'B', 'Y'],
      [0, 1, 2],
    ],
  ])('takes %j to %j by name, and by place where all stay', (kept, wanted, places) =>
    expect(matchOptions(kept, wanted)).toEqual(places),
  );
});

describe('layOptionWords', () => {
  const kept = { optionNames: ['Size'], optionWords: { de: { Size: 'Größe', S: 'klein' }, fr: { Size: 'Taille' } } };
  const edit = { names: ['Fit'], renames: true, words: new Map(), replacesWords: false };

  it('takes the words of a renamed option along, and leaves out what nothing uses', () =>
    expect(layOptionWords(kept, edit, ['Fit'], [{ optionValues: ['M'] }])).toEqual({
      de: { Fit: 'Größe' },
      fr: { Fit: 'Taille' },
    }));

  it('takes hostile words for words', () => {
    const words = new Map([['__proto__', { de: 'constructor' }]]);
    const laid = layOptionWords(kept, { ...edit, names: ['__proto__'], words }, ['__proto__'], []);
    expect(JSON.stringify(laid)).toBe('{"de":{"__proto__":"constructor"}}');
  });

  it('refuses more than fit', () => {
    const locales = ['de', 'fr', 'it', 'es', 'nl', 'pl', 'cs'];
    const words = new Map(
      Array.from({ length: 250 }, (_, index) => [
        `v${index}`,
        Object.fromEntries(locales.map((locale) => [locale, 'x'.repeat(255)])),
      ]),
    );
    const variants = [...words.keys()].map((value) => ({ optionValues: [value] }));
    expect(() => layOptionWords(kept, { ...edit, words }, ['Fit'], variants)).toThrow('at most 100 KB');
  });
});

describe('variants', () => {
  const SIZES = ['XS', 'S', 'M', 'L', 'XL', 'XXL'];
  const start = (count: number): KeptProduct => {
    const product = emptyProduct('p', 'p', 'ACTIVE');
    return {
      ...product,
      content: { ...product.content, optionNames: ['Size'] },
      variants: SIZES.slice(0, count).map((size, position) => ({
        variantId: `00000000-0000-7000-8000-00000000000${position}`,
        position,
        optionValues: [size],
        sku: null,
        barcode: null,
        weightGrams: null,
        mediaId: null,
        taxCategory: null,
        requiresShipping: true,
        externalReference: null,
        attributes: {},
        externalReferences: {},
        feedFields: {},
      })),
    };
  };
  const change = fc.record({
    target: fc.nat({ max: 7 }),
    size: fc.option(fc.constantFrom(...SIZES), { nil: undefined }),
    position: fc.option(fc.nat({ max: 8 }), { nil: undefined }),
    remove: fc.boolean(),
    isNew: fc.boolean(),
  });

  it('keep their ids, stand at places from 0, differ in their values, and are what was asked for, whatever that was', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.array(change, { maxLength: 6 }), (count, changes) => {
        const kept = start(count);
        const given = changes.map(({ target, size, position, remove, isNew }) => ({
          ...(isNew ? {} : { variantId: `00000000-0000-7000-8000-00000000000${target}` }),
          ...(size === undefined ? {} : { optionValues: [size] }),
          ...(position === undefined ? {} : { position }),
          remove: !isNew && remove,
        }));
        const accepted = acceptChange({ variants: given }, same);
        if ('broken' in accepted) return;
        let made = 0;
        const applied = applyEdit(kept, accepted.edit, {
          definitions: [],
          sanitise: same,
          newId: () => `new-${(made += 1)}`,
        });
        if ('broken' in applied) return;
        const { variants } = applied.wanted;
        expect(variants.map(({ position }) => position)).toEqual(Array.from(variants.keys()));
        expect(new Set(variants.map(({ optionValues }) => optionValues[0])).size).toBe(variants.length);
        const edits = (accepted.edit.variants as Extract<VariantsEdit, { kind: 'changes' }>).changes;
        const removed = new Set(edits.flatMap((each) => (each.remove ? [each.variantId] : [])));
        const staying = kept.variants.filter(({ variantId }) => !removed.has(variantId));
        expect(new Set(variants.map(({ variantId }) => variantId))).toEqual(
          new Set([
            ...staying.map(({ variantId }) => variantId),
            ...Array.from({ length: made }, (_, i) => `new-${i + 1}`),
          ]),
        );
        for (const { variantId, optionValues } of variants) {
          const wanted = edits.find((each) => each.variantId === variantId)?.patch.optionValues;
          const before = kept.variants.find((each) => each.variantId === variantId)?.optionValues;
          if (before) expect(optionValues).toEqual(wanted ?? before);
        }
      }),
      SEED,
    );
  });
});

describe('feed fields', () => {
  it('keep only what is set, and of labels nothing behind the last', () => {
    const patch = acceptFeedFields({ gender: ' ', mpn: ' x ', customProduct: false, customLabels: ['', ' a', ''] });
    expect(layFeedFields({ gender: 'male', ageGroup: 'adult' }, patch)).toEqual({
      ageGroup: 'adult',
      customLabels: ['', 'a'],
      customProduct: false,
      mpn: 'x',
    });
    expect(layFeedFields({ gender: 'male' }, acceptFeedFields({ gender: null }))).toEqual({});
  });
});

describe('inCircles', () => {
  it('finds exactly the products whose successors lead back to them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 9 })), { maxLength: 12 }),
        fc.nat({ max: 12 }),
        (edges, split) => {
          const kept = new Map(edges.slice(0, split).map(([from, to]) => [`${from}`, `${to}`]));
          const wanted = new Map(edges.slice(split).map(([from, to]) => [`${from}`, `${to}`]));
          // Of what was kept, nothing was circular.
          if (inCircles(kept, new Map()).size > 0) return;
          const all = new Map([...kept, ...wanted]);
          const isCircular = (product: string) => {
            let at = all.get(product);
            for (let step = 0; at !== undefined && step < 20; step += 1) {
              if (at === product) return true;
              at = all.get(at);
            }
            return false;
          };
          const leadsIntoCircle = (product: string) => {
            let at = all.get(product);
            for (let step = 0; step < 20 && at !== undefined; step += 1) {
              if (isCircular(at)) return true;
              at = all.get(at);
            }
            return false;
          };
          expect([...inCircles(wanted, kept)].sort()).toEqual(
            [...wanted.keys()].filter((product) => isCircular(product) || leadsIntoCircle(product)).sort(),
          );
        },
      ),
      SEED,
    );
  });

  it('ends at a chain that is longer than can be known', () => {
    const chain = new Map(Array.from({ length: 200 }, (_, index) => [`${index}`, `${index + 1}`]));
    expect(inCircles(new Map([['x', '0']]), chain)).toEqual(new Set(['x']));
    expect(inCircles(new Map([['x', `${201 - MAX_SUCCESSORS}`]]), chain).size).toBe(0);
  });
});

describe('findConflicts', () => {
  const at = (fields: Record<string, unknown>) => new Map(Object.entries(fields));

  it('names a field when base, current and yours are three, and nobody when two of them are one', () => {
    const base = at({ a: 1, b: 1, c: 1, d: 1 });
    const current = at({ a: 2, b: 2, c: 1, d: 2 });
    const yours = at({ a: 3, b: 2, c: 3, d: 2, e: 1 });
    expect(findConflicts(current, yours, base, [])).toEqual([
      { field: 'a', base: 1, current: 2, yours: 3, changedAt: null, changedBy: null },
    ]);
  });

  it('shows at most 100, and a field that is gone as null', () => {
    const current = at(Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`f${index}`, index])));
    const found = findConflicts(current, new Map(), null, []);
    expect(found).toHaveLength(100);
    expect(found[0]).toMatchObject({ field: 'f0', current: 0, yours: null });
  });
});

describe('productOfRevision', () => {
  it('reads a revision of before there was more than texts and variants, and any other nonsense, without failing', () => {
    const empty = {
      components: [],
      publications: [],
      media: [],
      texts: [],
      channelMedia: [],
      categories: [],
      relations: [],
    };
    const old = productOfRevision({
      ...empty,
      product: { handle: 'a', title: 'A', tags: null, option_names: 7 },
      variants: [{ variant_id: 'v', option_values: ['S'], sku: 5 }],
    });
    expect(old.content).toMatchObject({
      title: 'A',
      tags: [],
      optionNames: [],
      status: 'ACTIVE',
      taxCategory: 'standard',
    });
    expect(fieldsOf(old).get('variants.v.sku')).toBeNull();
  });
});
