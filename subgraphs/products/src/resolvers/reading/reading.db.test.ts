import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { asGuest, asService, asStaff, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setChannel } from '../../commands/set-channel.ts';
import { upsertCollections } from '../../commands/upsert-collections.ts';
import { upsertProducts } from '../../commands/upsert-products.ts';
import { makeChannels, product, startProducts, variant } from '../../fixture.ts';

let test: TestDatabase;
let db: Database;
let ask: Awaited<ReturnType<typeof startProducts>>['ask'];
const ids: Record<string, string> = {};
const statements: string[] = [];

interface Text {
  readonly channel?: string;
  readonly locale?: string;
  readonly title?: string;
  readonly descriptionHtml?: string;
  readonly seoTitle?: string;
  readonly seoDescription?: string;
}

async function writeTexts(handle: string, ...texts: Text[]): Promise<void> {
  await db.sql`delete from products.product_texts where product_id = ${ids[handle]!}`;
  for (const { channel = '', locale = '', title, descriptionHtml, seoTitle, seoDescription } of texts)
    await db.sql`insert into products.product_texts (product_id, channel_code, locale, title, description_html, seo_title, seo_description)
      values (${ids[handle]!}, ${channel}, ${locale}, ${title ?? null}, ${descriptionHtml ?? null}, ${seoTitle ?? null}, ${seoDescription ?? null})`;
}

beforeAll(async () => {
  test = await createTestDatabase(['products']);
  db = test.open('products', { max: 1, onQuery: (query) => statements.push(query) });
  ({ ask } = await startProducts(db, (await createTestIdentities(['products'])).products));
  await setChannel(
    db,
    { code: 'web', name: 'web', currencies: ['EUR'], countries: ['AT'], locales: ['de-AT', 'en'], locationIds: [] },
    null,
  );
  await makeChannels(db, 'pos');
  const media = ['front', 'back', 'sizes'].map((name) => ({ url: `https://img.example/${name}.jpg`, altText: name }));
  const handles = ['shirt', 'trousers', 'belt', 'hat', 'secret'];
  const results = await upsertProducts(
    db,
    handles.map((handle) =>
      product(handle, {
        title: `Plain ${handle}`,
        media,
        published: handle !== 'secret',
        optionNames: ['Size', 'Colour'],
        variants: [
          { ...variant('S'), optionValues: ['S', 'Navy'], imageUrl: media[1]!.url },
          { ...variant('M'), optionValues: ['M', 'Red'] },
        ],
      }),
    ),
    ['web'],
  );
  for (const [index, { productId }] of results.entries()) ids[handles[index]!] = productId!;
});
afterAll(() => test.drop());

describe('texts of a product', () => {
  const READ = `query ($locale: String) { productByHandle(handle: "shirt") { title(locale: $locale) descriptionHtml(locale: $locale) seo(locale: $locale) { title description } } }`;
  const read = async (locale: string | null, call = asGuest()) => (await ask(READ, call, { locale })).productByHandle;

  it('are those of the channel before everybody’s in each language, then without a language, then the catalogue’s', async () => {
    const steps: [Text, string][] = [
      [{ title: 'own' }, 'Plain shirt'],
      [{ channel: 'web', title: 'web' }, 'web'],
      [{ locale: 'de', title: 'de' }, 'de'],
      [{ channel: 'web', locale: 'de', title: 'web de' }, 'web de'],
      [{ locale: 'de-AT', title: 'de-AT' }, 'de-AT'],
      [{ channel: 'web', locale: 'de-AT', title: 'web de-AT' }, 'web de-AT'],
    ];
    const others: Text[] = [
      { locale: 'de-DE', title: 'of another region' },
      { locale: 'd', title: 'of what only begins alike' },
      { channel: 'pos', locale: 'de-AT', title: 'of another channel' },
    ];
    const written: Text[] = [];
    for (const [text, expected] of steps) {
      if (text.channel !== undefined || text.locale !== undefined) written.push(text);
      await writeTexts('shirt', ...written, ...others);
      expect((await read('de-AT')).title).toBe(expected);
      // The channel's first language, without asking for it.
      expect((await read(null)).title).toBe(expected);
    }
    expect((await read('de')).title).toBe('web de');
    expect((await read('fr')).title).toBe('web');
  });

  it('are taken column by column: a language that has no description leaves the one before it', async () => {
    await writeTexts(
      'shirt',
      { locale: 'de', descriptionHtml: '<p>Ein Hemd.</p>', seoTitle: 'Hemd kaufen' },
      { locale: 'de-AT', title: 'Hemd' },
    );
    const expected = {
      title: 'Hemd',
      descriptionHtml: '<p>Ein Hemd.</p>',
      seo: { title: 'Hemd kaufen', description: 'Ein Hemd.' },
    };
    expect(await read('de-AT')).toEqual(expected);
    expect(await read(null)).toEqual(expected);
    expect(await read('en')).toEqual({
      title: 'Plain shirt',
      descriptionHtml: '<p>About shirt.</p>',
      seo: { title: 'Plain shirt', description: 'About shirt.' },
    });
  });

  it('are the catalogue’s for services, who have no channel, unless they ask for a language', async () => {
    await writeTexts('shirt', { locale: 'de', title: 'Hemd' }, { channel: 'web', title: 'Shop shirt' });
    expect((await read(null, asService())).title).toBe('Plain shirt');
    expect((await read('de-CH', asService())).title).toBe('Hemd');
  });

  it.each(['de_DE', 'not a tag', '', '__proto__', 'x'.repeat(200)])(
    'are refused for %j, which is no language',
    async (locale) => {
      await expect(read(locale)).rejects.toThrow('BAD_USER_INPUT');
      for (const field of [
        'variants { title(locale: $l) }',
        'media { altText(locale: $l) }',
        'options(locale: $l) { name }',
      ])
        await expect(
          ask(`query ($l: String) { productByHandle(handle: "shirt") { ${field} } }`, asGuest(), { l: locale }),
        ).rejects.toThrow('BAD_USER_INPUT');
    },
  );

  it('of a whole page in a language are one statement, and none in the channel’s own', async () => {
    await writeTexts('shirt', { locale: 'de', title: 'Hemd' }, { locale: 'en', title: 'Shirt' });
    const all = [ids['shirt']!, ids['belt']!, ids['hat']!];
    const titles = async (argument: string) => {
      statements.length = 0;
      const { products } = await ask(
        `query ($ids: [ID!]!) { products(ids: $ids) { title${argument} seo${argument} { title } } }`,
        asGuest(),
        { ids: all },
      );
      return [products.map(({ title }: { title: string }) => title), statements.length];
    };
    // With their descriptions, for search engines.
    expect(await titles('')).toEqual([['Hemd', 'Plain belt', 'Plain hat'], 2]);
    expect(await titles('(locale: "en")')).toEqual([['Shirt', 'Plain belt', 'Plain hat'], 3]);
    statements.length = 0;
    await ask('query ($ids: [ID!]!) { products(ids: $ids) { title } }', asGuest(), { ids: all });
    expect(statements).toHaveLength(1);
  });
});

describe('options', () => {
  it('are told in the words of a language, in the catalogue’s where it has none', async () => {
    await db.sql`update products.products set option_words = ${JSON.stringify({
      de: { Colour: 'Farbe', Red: 'Rot', Navy: 'Marine' },
      'de-AT': { Size: 'Größe' },
    })}::jsonb where handle = 'trousers'`;
    const read = async (argument: string) =>
      (
        await ask(
          `{ productByHandle(handle: "trousers") { options${argument} { name values } variants { title${argument} selectedOptions${argument} { name value } } } }`,
          asGuest(),
        )
      ).productByHandle;
    const german = {
      options: [
        { name: 'Größe', values: ['S', 'M'] },
        { name: 'Farbe', values: ['Marine', 'Rot'] },
      ],
      variants: [
        {
          title: 'S / Marine',
          selectedOptions: [
            { name: 'Größe', value: 'S' },
            { name: 'Farbe', value: 'Marine' },
          ],
        },
        {
          title: 'M / Rot',
          selectedOptions: [
            { name: 'Größe', value: 'M' },
            { name: 'Farbe', value: 'Rot' },
          ],
        },
      ],
    };
    expect(await read('')).toEqual(german);
    expect(await read('(locale: "de-AT")')).toEqual(german);
    expect((await read('(locale: "en")')).variants.map(({ title }: { title: string }) => title)).toEqual([
      'S / Navy',
      'M / Red',
    ]);
  });
});

describe('media', () => {
  const read = async (call = asGuest(), more = '') =>
    (await ask(`{ productByHandle(handle: "hat") { media${more} { url altText } variants { image { url } } } }`, call))
      .productByHandle as { media: { url: string; altText: string }[]; variants: { image: { url: string } }[] };
  const names = (media: { url: string }[]) => media.map(({ url }) => /(\w+)\.jpg/.exec(url)?.[1]);

  it('are those that the channel has chosen, in its order, and a variant’s image is one of them', async () => {
    const rows = await db.sql<{ id: string; url: string }[]>`
      select media_id as id, url from products.media where product_id = ${ids['hat']!} order by position`;
    const [front, back, sizes] = rows.map(({ id }) => id) as [string, string, string];
    expect(names((await read()).media)).toEqual(['front', 'back', 'sizes']);
    expect(names((await read()).variants.map(({ image }) => image))).toEqual(['back', 'front']);

    for (const [position, id] of [sizes, front].entries())
      await db.sql`insert into products.channel_media (product_id, channel_code, media_id, position) values (${ids['hat']!}, 'web', ${id}, ${position})`;
    const chosen = await read();
    expect(names(chosen.media)).toEqual(['sizes', 'front']);
    expect(names(chosen.variants.map(({ image }) => image))).toEqual(['sizes', 'sizes']);
    expect(names((await read(asStaff(['catalogue:write'], 'pos'))).media)).toEqual(['front', 'back', 'sizes']);

    await db.sql`update products.media set role = 'SIZE_CHART', alt_texts = ${JSON.stringify({ de: 'Größentabelle' })}::jsonb where media_id = ${sizes}`;
    await db.sql`update products.media set role = 'VIDEO' where media_id = ${back}`;
    expect(await read(asGuest(), '(role: SIZE_CHART)')).toMatchObject({ media: [{ altText: 'Größentabelle' }] });
    expect((await read(asGuest(), '(role: VIDEO)')).media).toEqual([]);
    const { productByHandle } = await ask(
      '{ productByHandle(handle: "hat") { media { altText(locale: "en") } } }',
      asGuest(),
    );
    expect(productByHandle.media).toEqual([{ altText: 'sizes' }, { altText: 'front' }]);
  });
});

describe('relations', () => {
  it('are the visible products of a kind, in order, as many as were asked for', async () => {
    const write = (handle: string, kind: string, related: string[]) =>
      Promise.all(
        related.map(
          (each, position) =>
            db.sql`insert into products.product_relations (product_id, kind, related_product_id, position) values (${ids[handle]!}, ${kind}, ${ids[each]!}, ${position})`,
        ),
      );
    await write('shirt', 'ACCESSORY', ['hat', 'secret', 'belt', 'trousers']);
    await write('shirt', 'SUCCESSOR', ['trousers']);
    await write('belt', 'ACCESSORY', ['shirt']);
    const read = async (call = asGuest()) => {
      statements.length = 0;
      const { products } = await ask(
        `query ($ids: [ID!]!) { products(ids: $ids) { some: relations(kind: ACCESSORY, first: 2) { handle } accessories: relations(kind: ACCESSORY) { handle variants { sku } } next: relations(kind: SUCCESSOR) { handle } cross: relations(kind: CROSS_SELL) { handle } } }`,
        call,
        { ids: [ids['shirt']!, ids['belt']!] },
      );
      return products.map((each: Record<string, { handle: string }[]>) =>
        Object.values(each).map((list) => list.map(({ handle }) => handle)),
      );
    };
    expect(await read()).toEqual([
      [['hat', 'belt'], ['hat', 'belt', 'trousers'], ['trousers'], []],
      [['shirt'], ['shirt'], [], []],
    ]);
    // The products, all their relations, the variants of those.
    expect(statements).toHaveLength(3);
    expect((await read(asStaff(['catalogue:write'])))[0][1]).toEqual(['hat', 'secret', 'belt', 'trousers']);
    await expect(
      ask(`{ productByHandle(handle: "shirt") { relations(kind: ACCESSORY, first: 51) { id } } }`, asGuest()),
    ).rejects.toThrow('BAD_USER_INPUT');
  });
});

describe('lookups', () => {
  it('find products by id, aligned, and refuse more than a hundred', async () => {
    const asked = [ids['belt']!, newId(), 'no id', ids['secret']!, ids['shirt']!.toUpperCase(), ids['belt']!];
    const { products } = await ask('query ($ids: [ID!]!) { products(ids: $ids) { handle } }', asGuest(), {
      ids: asked,
    });
    expect(products.map((each: { handle: string } | null) => each?.handle ?? null)).toEqual([
      'belt',
      null,
      null,
      null,
      'shirt',
      'belt',
    ]);
    await expect(
      ask('query ($ids: [ID!]!) { products(ids: $ids) { handle } }', asGuest(), { ids: Array(101).fill(newId()) }),
    ).rejects.toThrow('BAD_USER_INPUT');
  });

  it('find products and variants by how another system calls them, where they are shown', async () => {
    for (const handle of ['secret', 'belt', 'hat'])
      await db.sql`update products.products set external_references = '{"erp": "A-1", "__proto__": "x"}' where handle = ${handle}`;
    const [row] = await db.sql<{ id: string }[]>`
      update products.variants set external_references = '{"erp": "V-1"}' where product_id = ${ids['belt']!} and option_values[1] = 'M' returning variant_id as id`;
    const read = async (source: string, id: string, call = asGuest()) => {
      const found = await ask(
        'query ($source: String!, $id: String!) { productByReference(source: $source, id: $id) { handle } variantByReference(source: $source, id: $id) { id } }',
        call,
        { source, id },
      );
      return [found.productByReference?.handle ?? null, found.variantByReference?.id ?? null];
    };
    expect(await read('erp', 'A-1')).toEqual(['belt', null]);
    expect(await read('erp', 'V-1')).toEqual([null, row!.id]);
    expect(await read('erp', 'A-1', asGuest('pos'))).toEqual([null, null]);
    expect(await read('erp', 'a-1')).toEqual([null, null]);
    expect(await read('__proto__', 'x')).toEqual(['belt', null]);
    expect(await read('\u0000', '\ud800')).toEqual([null, null]);
    expect(await read('erp', 'x'.repeat(100_000))).toEqual([null, null]);
  });
});

describe('texts of a collection', () => {
  it('are told in a language, and the rule to staff alone', async () => {
    await upsertCollections(db, [
      { handle: 'summer', title: 'Summer', descriptionHtml: '<p>Hot.</p>', productHandles: ['shirt'] },
    ]);
    await db.sql`update products.collections set translations = ${JSON.stringify({
      de: { title: 'Sommer', descriptionHtml: null, seoTitle: 'Alles für den Sommer', seoDescription: null },
      'de-AT': { title: null, descriptionHtml: '<p>Heiß.</p>', seoTitle: null, seoDescription: null },
    })}::jsonb where handle = 'summer'`;
    const read = async (argument: string) =>
      (
        await ask(
          `{ collectionByHandle(handle: "summer") { title${argument} descriptionHtml${argument} seo${argument} { title description } isRuleBased } }`,
          asGuest(),
        )
      ).collectionByHandle;
    expect(await read('')).toEqual({
      title: 'Sommer',
      descriptionHtml: '<p>Heiß.</p>',
      seo: { title: 'Alles für den Sommer', description: 'Heiß.' },
      isRuleBased: false,
    });
    expect(await read('(locale: "en")')).toEqual({
      title: 'Summer',
      descriptionHtml: '<p>Hot.</p>',
      seo: { title: 'Summer', description: 'Hot.' },
      isRuleBased: false,
    });
    await expect(ask('{ collectionByHandle(handle: "summer") { rule } }', asGuest())).rejects.toThrow('FORBIDDEN');
  });
});
