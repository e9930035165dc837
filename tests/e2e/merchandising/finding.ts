import { ask } from '@kontor/testkit/src/graph-client.ts';
import { expect, it } from 'vitest';
import type { System } from '../system.ts';
import { COPPER, KETTLES, STEEL, VENDOR, type Kettles } from './kettles.ts';
import { merchant } from './merchant.ts';
import { lookFor } from './shelves.ts';

const PAGE = /* GraphQL */ `
  query Page($handle: String!, $locale: String) {
    productPage(handle: $handle, locale: $locale) {
      title
      descriptionHtml
      options {
        name
        values
      }
      attributes {
        label
        text
        value
      }
      breadcrumbs {
        name
      }
    }
  }
`;
const SUGGESTED = `query ($query: String!) { searchSuggestions(query: $query, locale: "de") { text product { handle } } }`;

interface Page {
  readonly productPage: object | null;
}

/** What was put into the catalogue is found, in the words of whoever looks for it. */
export function finding(system: () => System, kettles: () => Promise<Kettles>): void {
  const ofVendor = { facet: 'VENDOR', values: [VENDOR] };
  const find = async (query: string, locale = 'de') =>
    (await lookFor(system(), { query, locale, filters: [ofVendor] })).handles;
  const page = async (handle: string, locale?: string) =>
    (await ask<Page>(system().url('web'), PAGE, { handle, locale })).productPage;

  it('keeps drafts to staff, holds them to their type, and shows them in the language asked for when they are active', async () => {
    const staff = merchant(system());
    const { copper, steel } = await kettles();
    expect([await page(COPPER), await find('Kupferkessel')]).toEqual([null, []]);
    // Only what shall be shown needs all that its type requires.
    for (const attributes of [[{ code: 'material', value: 'wood' }], []])
      expect(
        await staff.tell('productCreate', { ...KETTLES[1], handle: 'no-kettle', status: 'ACTIVE', attributes }),
      ).toMatchObject({ __typename: 'InvalidInput', path: expect.arrayContaining(['attributes']) as string[] });

    for (const { id, version } of [copper, steel])
      expect(
        await staff.tell('productUpdate', { productId: id, status: 'ACTIVE', expectedVersion: version + 1 }),
      ).toEqual({ __typename: 'ProductUpdated' });
    expect(await page(COPPER, 'de-AT')).toEqual({
      title: 'Kupferkessel',
      descriptionHtml: '<p>Pfeift, sobald das Wasser kocht.</p>',
      options: [{ name: 'Größe', values: ['Klein', 'Groß'] }],
      attributes: [
        { label: 'Werkstoff', text: 'Kupfer', value: 'copper' },
        { label: 'Inhalt', text: '1,5 l', value: 1.5 },
        { label: 'Pflege', text: 'Von Hand spülen.', value: '<p>Von Hand spülen.</p>' },
      ],
      breadcrumbs: [{ name: 'Teeküche' }, { name: 'Teekessel' }],
    });
    expect(await page(COPPER)).toMatchObject({ title: 'Copper Kettle', descriptionHtml: '' });
  });

  it('finds a product by a word of its language, by its beginning, in spite of typing errors, and by a synonym', async () => {
    await kettles();
    for (const query of ['Kupferkessel', 'kupferk', 'kochte']) expect(await find(query), query).toEqual([COPPER]);
    // What is merely similar comes with it, and behind it.
    expect(await find('Kupfrekessel')).toEqual([COPPER, STEEL]);
    const { searchSuggestions } = await ask<{ searchSuggestions: object[] }>(system().url('web'), SUGGESTED, {
      query: 'kupferk',
    });
    expect(searchSuggestions).toContainEqual({ text: 'Kupferkessel', product: { handle: COPPER } });

    expect(await find('Samowar')).toEqual([]);
    const staff = merchant(system());
    const { synonyms } = await staff.change<{ synonyms: { id: string } }>(
      'searchSynonymsSet',
      { locale: 'de', words: ['Samowar', 'Kupferkessel'] },
      '... on SearchSynonymsSaved { synonyms { id } }',
    );
    expect(await find('Samowar')).toEqual([COPPER]);
    await staff.change('searchSynonymsRemove', { synonymSetId: synonyms.id });
    expect(await find('Samowar')).toEqual([]);
  });

  it('narrows by category, attribute and option, named in the language asked for, each counted under the others', async () => {
    const { kitchenId, kettlesId } = await kettles();
    const inKitchen = { facet: 'CATEGORY', values: [kitchenId] };
    const ofCopper = { facet: 'ATTRIBUTE', attribute: 'material', values: ['copper'] };
    const all = await lookFor(system(), { filters: [inKitchen], sort: 'TITLE', locale: 'de' });
    expect(all).toMatchObject({ titles: ['Edelstahlkessel', 'Kupferkessel'], totalCount: 2 });

    const copper = await lookFor(system(), { filters: [inKitchen, ofCopper], locale: 'de' });
    expect(copper).toMatchObject({ handles: [COPPER], totalCount: 1 });
    // Its own filter does not narrow a facet: what else could be chosen is counted.
    expect(copper.facet('ATTRIBUTE', 'material')).toEqual(
      expect.arrayContaining([
        { value: 'copper', label: 'Kupfer', count: 1 },
        { value: 'steel', label: 'Edelstahl', count: 1 },
      ]),
    );
    expect(copper.facet('CATEGORY')).toEqual(
      expect.arrayContaining([
        { value: kitchenId, label: 'Teeküche', count: 1 },
        { value: kettlesId, label: 'Teekessel', count: 1 },
      ]),
    );
    expect(copper.facet('OPTION', 'Size').map(({ value, count }) => [value, count])).toEqual(
      expect.arrayContaining([
        ['Small', 1],
        ['Large', 1],
      ]),
    );
    expect(copper.facet('VENDOR')).toEqual([{ value: VENDOR, label: VENDOR, count: 1 }]);
    const small = { facet: 'OPTION', attribute: 'Size', values: ['Small'] };
    expect((await lookFor(system(), { filters: [inKitchen, small] })).handles).toEqual([COPPER]);
  });
}
