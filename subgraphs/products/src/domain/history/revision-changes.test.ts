import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RevisionContent } from './revision.ts';
import { MAX_CHANGES, revisionChanges } from './revision-changes.ts';

const contentOf = (more: Partial<RevisionContent> = {}): RevisionContent => ({
  product: { title: 'Chair', tags: ['wood'], attributes: {}, seo_title: null },
  variants: [],
  components: [],
  media: [],
  texts: [],
  channelMedia: [],
  categories: [],
  relations: [],
  publications: [],
  ...more,
});
const variantOf = (variant_id: string, position: number, more: object = {}) => ({
  variant_id,
  position,
  option_values: [variant_id],
  sku: null,
  ...more,
});

describe('revisionChanges', () => {
  it('names fields as the graph does, with what they were and are', () =>
    expect(
      revisionChanges(
        contentOf(),
        contentOf({ product: { title: 'Armchair', tags: ['wood', 'soft'], attributes: {}, seo_title: 'Sit' } }),
      ),
    ).toEqual([
      { path: ['seoTitle'], before: null, after: 'Sit' },
      { path: ['tags'], before: ['wood'], after: ['wood', 'soft'] },
      { path: ['title'], before: 'Chair', after: 'Armchair' },
    ]));

  it('tells attributes by their code and language, and keeps the case of their codes', () =>
    expect(
      revisionChanges(
        contentOf({ product: { attributes: { seat_height: 45, care: { '': 'Wash', de: 'Waschen' } } } }),
        contentOf({ product: { attributes: { seat_height: 46, care: { '': 'Wash', de: 'Wischen' }, __proto: 1 } } }),
      ),
    ).toEqual([
      { path: ['attributes', '__proto'], before: null, after: 1 },
      { path: ['attributes', 'care', 'de'], before: 'Waschen', after: 'Wischen' },
      { path: ['attributes', 'seat_height'], before: 45, after: 46 },
    ]));

  it('compares variants by id, whatever their place, and tells the order once', () =>
    expect(
      revisionChanges(
        contentOf({ variants: [variantOf('s', 0), variantOf('m', 1), variantOf('l', 2)] }),
        contentOf({ variants: [variantOf('xs', 0), variantOf('m', 1, { sku: 'M-1' }), variantOf('s', 2)] }),
      ),
    ).toEqual([
      { path: ['variantOrder'], before: ['s', 'm', 'l'], after: ['xs', 'm', 's'] },
      { path: ['variants', 'l'], before: { variantId: 'l', optionValues: ['l'], sku: null }, after: null },
      { path: ['variants', 'm', 'sku'], before: null, after: 'M-1' },
      { path: ['variants', 'xs'], before: null, after: { variantId: 'xs', optionValues: ['xs'], sku: null } },
    ]));

  it('tells texts by channel and language, parts by bundle, and lists by what they belong to', () => {
    const text = { channel_code: 'web', locale: 'de', title: 'Stuhl' };
    const published = { channel_code: 'web', is_live: false, starts_at: null };
    expect(
      revisionChanges(
        contentOf({
          texts: [text],
          components: [{ variant_id: 'a', component_variant_id: 'b', quantity: 1 }],
          publications: [published],
          categories: ['one'],
        }),
        contentOf({
          texts: [{ ...text, title: 'Sessel' }],
          components: [{ variant_id: 'a', component_variant_id: 'b', quantity: 2 }],
          channelMedia: [
            { channel_code: 'pos', media_id: 'y', position: 0 },
            { channel_code: 'pos', media_id: 'x', position: 1 },
          ],
          relations: [{ kind: 'ACCESSORY', related_product_id: 'p', position: 0 }],
          publications: [{ ...published, is_live: true }],
          categories: ['two', 'one'],
        }),
      ),
    ).toEqual([
      { path: ['categoryIds'], before: ['one'], after: ['two', 'one'] },
      { path: ['channelMedia', 'pos'], before: null, after: ['y', 'x'] },
      { path: ['components', 'a', 'b'], before: 1, after: 2 },
      { path: ['publications', 'web', 'isLive'], before: false, after: true },
      { path: ['relations', 'ACCESSORY'], before: null, after: ['p'] },
      { path: ['texts', 'web/de', 'title'], before: 'Stuhl', after: 'Sessel' },
    ]);
  });

  it('reads hostile keys as any others', () => {
    const hostile = (value: number) =>
      contentOf({
        product: JSON.parse(
          `{"attributes": {"__proto__": ${value}, "constructor": {"x": ${value}}}}`,
        ) as object as never,
      });
    expect(revisionChanges(hostile(1), hostile(2))).toEqual([
      { path: ['attributes', '__proto__'], before: 1, after: 2 },
      { path: ['attributes', 'constructor', 'x'], before: 1, after: 2 },
    ]);
  });

  it('finds nothing between a revision and itself, and the same places both ways', () => {
    const product = fc.dictionary(fc.constantFrom('title', 'tags', 'attributes'), fc.jsonValue({ maxDepth: 3 }));
    fc.assert(
      fc.property(product, product, (left, right) => {
        const [one, other] = [contentOf({ product: left }), contentOf({ product: right })];
        expect(revisionChanges(one, one)).toEqual([]);
        expect(revisionChanges(other, one)).toEqual(
          revisionChanges(one, other).map(({ path, before, after }) => ({ path, before: after, after: before })),
        );
      }),
      { seed: 7 },
    );
  });

  it('tells a hundred differences and no more', () => {
    const many = Array.from({ length: 250 }, (_, index) => variantOf(`v${index}`, index));
    expect(revisionChanges(contentOf(), contentOf({ variants: many }))).toHaveLength(MAX_CHANGES);
  });
});
