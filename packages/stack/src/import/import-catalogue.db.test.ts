import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '@kontor/kit/src/database.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../operator.ts';
import { SCHEMAS } from '../services.ts';
import { contentOf, differences, exportFrom, openShop, type Shop } from '../testing/open-shop.ts';
import { importCatalogue, type ImportOptions } from './import-catalogue.ts';

let folder: string;
const databases: TestDatabase[] = [];
const shops: Shop[] = [];
let shop: Shop;
let products: Database;
let stock: Database;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kontor-import-'));
  ({ shop, products, stock } = await newShop());
});
afterAll(async () => {
  for (const { session } of shops) await session.close();
  for (const database of databases) await database.drop();
  await rm(folder, { recursive: true });
});

async function newShop() {
  const database = await createTestDatabase(SCHEMAS);
  databases.push(database);
  const opened = await openShop(database.adminUrl, folder);
  shops.push(opened);
  return { shop: opened, products: database.open('products'), stock: database.open('stock') };
}

let files = 0;
/** Writes a file into the folder. @returns its path */
async function fileOf(lines: readonly (string | object)[], ending: 'csv' | 'tsv' | 'jsonl'): Promise<string> {
  const path = join(folder, `${(files += 1)}.${ending}`);
  await writeFile(path, lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''));
  return path;
}
const load = (file: string, options: ImportOptions = {}, into: Shop = shop) =>
  importCatalogue(into.session.operator, file, into.target, { reportFolder: join(folder, 'reports'), ...options });
const content = (of: Shop = shop) => contentOf(of, folder);
const productNamed = async (handle: string, of: Shop = shop) =>
  JSON.parse((await content(of)).find((line) => line.includes(`{"handle":"${handle}",`)) ?? 'null') as Record<
    string,
    unknown
  >;

const HEADER =
  'Handle,Title,Option1 Name,Option1 Value,Variant Price,Variant Inventory Qty,Variant Inventory Policy,Fabric';

describe('a dry run', () => {
  it('reports what the import then does, and writes nothing', async () => {
    await load(await fileOf([HEADER, 'dry-old,Old,Size,S,1.00,5,deny,', 'dry-old,,,M,2.00,5,deny,'], 'csv'));
    const file = await fileOf(
      [
        HEADER,
        'dry-old,New,Size,S,1.50,5,continue,',
        'dry-old,,,M,2.00,7,deny,',
        'dry-new,New,Size,S,1,0,continue,',
        'dry-new,,,S,x,0,,',
        'dry bad,Bad,Size,S,1,0,,',
      ],
      'csv',
    );
    const before = await content();
    const tables = () =>
      products.sql`select (select count(*) from products.outbox)::int as events, (select last_number from products.change_clock)::int as changes,
        (select count(*) from products.imports)::int as imports, (select count(*) from products.product_revisions)::int as revisions`;
    const counted = await tables();
    const dry = await load(file, { isDryRun: true });
    expect(differences(await content(), before)).toEqual([]);
    expect(await tables()).toEqual(counted);
    const done = await load(file);
    const { files: dryFiles, tookMs: _, ...told } = dry;
    const { files: doneFiles, tookMs: __, ...found } = done;
    expect(told).toEqual(found);
    expect(found).toMatchObject({
      products: { created: 1, updated: 1, unchanged: 0, rejected: 1 },
      pricesChanged: 2,
      levelsChanged: 1,
      sellingPoliciesChanged: 2,
      rejectedLines: 2,
    });
    expect(await readFile(dryFiles.rejected!, 'utf8')).toBe(await readFile(doneFiles.rejected!, 'utf8'));
  });
});

describe('rows that are rejected', () => {
  it('come with the whole product in a file that can be corrected and imported', async () => {
    const file = await fileOf(
      [
        HEADER,
        'fix-a,A,Size,S,1.00,1,deny,wool',
        'fix-a,,,M,oops,1,deny,"a ""b"""',
        'fix-b,B,Size,S,1.00,1,deny,',
        'fix-a,,,L,3.00,1,deny,',
      ],
      'csv',
    );
    const report = await load(file);
    expect(report.products).toMatchObject({ created: 2, rejected: 0 });
    const text = await readFile(report.files.rejected!, 'utf8');
    expect(text.split('\n')).toEqual([
      `${HEADER},Kontor Line,Kontor Reason`,
      'fix-a,A,Size,S,1.00,1,deny,wool,2,',
      'fix-a,,,M,oops,1,deny,"a ""b""",3,"Variant Price: ""oops"" is not a price: digits with a point before the decimals, such as 12.50."',
      'fix-a,,,L,3.00,1,deny,,5,Handle: The rows of this product began on line 2 and were interrupted: move this row to them.',
      '',
    ]);
    const corrected = await load(await fileOf([text.replace('oops', '2.00').trimEnd()], 'csv'));
    expect(corrected).toMatchObject({ products: { updated: 1, rejected: 0 }, rejectedLines: 0 });
    const { variants } = (await productNamed('fix-a')) as { variants: { optionValues: string[]; price: string }[] };
    expect(variants.map(({ optionValues, price }) => [optionValues[0], price])).toEqual([
      ['S', '1.00'],
      ['M', '2.00'],
      ['L', '3.00'],
    ]);
  });

  it('stay JSON lines and rows of a feed where the file is one', async () => {
    const lines = await load(
      await fileOf([{ handle: 'fix-c', title: '', variants: [{ optionValues: [] }], extra: 1 }, '{"handle":'], 'jsonl'),
    );
    expect(
      (await readFile(lines.files.rejected!, 'utf8'))
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      {
        handle: 'fix-c',
        title: '',
        variants: [{ optionValues: [] }],
        extra: 1,
        kontorLine: 1,
        kontorReason: 'The title is empty.',
      },
      { kontorText: '{"handle":', kontorLine: 2, kontorReason: 'The line is not JSON.' },
    ]);
    const feed = await load(await fileOf(['id\ttitle\tprice', 'x\tX\t3', 'y\t"Y" said\t3 USD'], 'tsv'));
    expect((await readFile(feed.files.rejected!, 'utf8')).split('\n')).toEqual([
      'id\ttitle\tprice\tKontor Line\tKontor Reason',
      'x\tX\t3\t2\tprice: "3" is not a price such as 12.50 EUR. id: The product has no variant that could be kept.',
      'y\t"""Y"" said"\t3 USD\t3\tThe prices are in USD, and the import is for EUR.',
      '',
    ]);
  });
});

describe('a file that is broken', () => {
  it('is imported up to the last product that is whole, and the fault names its line', async () => {
    const file = await fileOf(
      [HEADER, 'cut-a,A,Size,S,1.00,1,deny,', 'cut-b,B,Size,S,1.00,1,deny,', 'cut-c,"C,Size'],
      'csv',
    );
    await expect(load(file)).rejects.toThrow('Line 4: a quote is opened in this row and never closed.');
    expect(await productNamed('cut-a')).toMatchObject({ title: 'A' });
    // More of its rows could have stood behind the fault.
    expect(await productNamed('cut-b')).toBe(null);
  });

  it('takes from hostile rows what is safe, and keeps the rows around them', async () => {
    const report = await load(
      await fileOf(
        [
          {
            handle: 'bad-a',
            title: 'A',
            descriptionHtml: '<p onclick="x()">Hi<script>x()</script></p>',
            variants: [{ optionValues: [], price: '999999999999', quantity: 1 }],
          },
          {
            handle: 'bad-b',
            title: 'B',
            attributes: [{ code: 'x', value: 'y'.repeat(200_000) }],
            variants: [{ optionValues: [] }],
          },
          { handle: 'bad-c', title: 'C', categories: ['no-such'], variants: [{ optionValues: [] }] },
          { handle: 'bad-d', title: 'D\u0000\ud800', variants: [{ optionValues: [] }] },
          { handle: 'bad-e', title: 'E'.repeat(300), variants: [{ optionValues: [] }] },
          { handle: 'BAD', title: 'F', variants: [{ optionValues: [] }] },
          {
            handle: 'bad-g',
            title: 'G',
            texts: [{ channel: 'nowhere', title: 'x' }],
            variants: [{ optionValues: [] }],
          },
          { handle: 'bad-h', title: 'H', variants: [{ optionValues: [] }] },
        ],
        'jsonl',
      ),
    );
    expect(report.products).toMatchObject({ created: 3, rejected: 5 });
    expect(report.lines.map(({ line, kind }) => [line, kind])).toEqual([
      [1, 'note'],
      [2, 'rejected'],
      [3, 'rejected'],
      [5, 'rejected'],
      [6, 'rejected'],
      [7, 'rejected'],
    ]);
    expect(await productNamed('bad-a')).toMatchObject({
      descriptionHtml: '<p>Hi</p>',
      variants: [{ price: null, quantity: 1 }],
    });
    expect(await productNamed('bad-d')).toMatchObject({ title: 'D \ufffd' });
  });
});

describe('what an import leaves alone', () => {
  it('is how somebody sells a variant ahead, where it is shown, and what the file has no word for', async () => {
    const file = await fileOf([HEADER, 'own-a,A,Size,S,1.00,0,continue,', 'own-a,,,M,1.00,0,deny,'], 'csv');
    await load(file);
    const kinds = async () =>
      (
        await stock.sql`select kind, limit_quantity as "limit" from stock.selling_policies where variant_id in (${ids[0]!}, ${ids[1]!}) order by kind, "limit"`
      ).map((row) => ({ ...row }));
    const ids = (
      await products.sql<
        { id: string }[]
      >`select variant_id as id from products.variants join products.products using (product_id) where handle = 'own-a' order by position`
    ).map(({ id }) => id);
    expect(await kinds()).toEqual([{ kind: 'BACKORDER', limit: 1_000_000 }]);
    const set = (input: object) =>
      run(
        shop.session.operator,
        'stock',
        'mutation S($input: SellingPolicySetInput!) { sellingPolicySet(input: $input) { __typename } }',
        { input },
        'shared',
      );
    await set({ variantId: ids[1], kind: 'BACKORDER', limitQuantity: 5 });
    await load(file, { restart: true });
    expect(await kinds()).toEqual([
      { kind: 'BACKORDER', limit: 5 },
      { kind: 'BACKORDER', limit: 1_000_000 },
    ]);
    const { sellingPoliciesChanged } = await load(
      await fileOf([HEADER, 'own-a,A,Size,S,1.00,0,deny,', 'own-a,,,M,1.00,0,deny,'], 'csv'),
    );
    expect(sellingPoliciesChanged).toBe(1);
    expect(await kinds()).toEqual([
      { kind: 'BACKORDER', limit: 5 },
      { kind: 'DENY', limit: 0 },
    ]);
  });

  it('takes texts in another language to products that are there, and nothing else', async () => {
    await load(await fileOf([HEADER, 'lang-a,Shirt,Size,S,1.00,3,deny,'], 'csv'));
    const report = await load(
      await fileOf([HEADER, 'lang-a,Hemd,Größe,S,9.00,9,deny,', 'lang-b,Hut,Größe,S,9.00,9,deny,'], 'csv'),
      { locale: 'de' },
    );
    expect(report).toMatchObject({ products: { updated: 1, rejected: 1 }, pricesChanged: 0, levelsChanged: 0 });
    expect(await productNamed('lang-a')).toMatchObject({
      title: 'Shirt',
      optionNames: ['Size'],
      texts: [{ channel: null, locale: 'de', title: 'Hemd' }],
      variants: [{ price: '1.00', quantity: 3 }],
    });
  });
});

describe('publications of JSON lines', () => {
  it('begin and end when the file says, in the channels that it names alone', async () => {
    const hat = (publications: object[]) => ({
      handle: 'dated',
      title: 'Hat',
      variants: [{ optionValues: [] }],
      publications,
    });
    const web = { channel: 'web', startsAt: '2099-01-01T00:00:00+00:00', endsAt: null };
    const pos = { channel: 'pos', startsAt: null, endsAt: null };
    await load(await fileOf([hat([web, pos, { channel: 'moon' }])], 'jsonl'));
    const published = async () => (await productNamed('dated'))['publications'];
    expect(await published()).toEqual([pos, web]);
    const live = await products.sql`
      select channel_code as channel from products.publications join products.products using (product_id) where handle = 'dated' and is_live`;
    expect([...live]).toEqual([{ channel: 'pos' }]);
    await load(await fileOf([hat([web])], 'jsonl'));
    expect(await published()).toEqual([web]);
  });
});

describe('JSON lines', () => {
  it('carry everything of a product into another system, and change nothing in its own', async () => {
    const define = async (into: Shop) => {
      await run(
        into.session.operator,
        'products',
        'mutation C($input: CategoriesUpsertInput!) { categoriesUpsert(input: $input) { results { reason } } }',
        {
          input: { categories: [{ externalReference: '1', handle: 'hats', name: 'Hats' }] },
        },
      );
      const attributes = [
        { code: 'rim', labels: [], kind: 'MEASURE', scope: 'PRODUCT', unit: 'mm' },
        { code: 'care', labels: [], kind: 'TEXT', scope: 'PRODUCT', isLocalizable: true },
        { code: 'colour', labels: [], kind: 'TEXT', scope: 'VARIANT' },
      ];
      await run(
        into.session.operator,
        'products',
        'mutation T($input: ProductTypeSetInput!) { productTypeSet(input: $input) { __typename } }',
        { input: { name: 'Hats', attributes } },
        'shared',
      );
    };
    await define(shop);
    const whole = {
      handle: 'all-hat',
      currency: 'EUR',
      title: 'Hat',
      descriptionHtml: '<p>Hat</p>',
      vendor: 'Acme',
      productType: 'Hats',
      tags: ['a, b', 'c'],
      optionNames: ['Size'],
      seoTitle: 'Seo',
      seoDescription: 'Seo description',
      externalReference: 'X1',
      status: 'ACTIVE',
      taxCategory: 'reduced',
      isGiftCard: false,
      attributes: [
        { code: 'care', value: 'Brush', locale: null },
        { code: 'care', value: 'Bürsten', locale: 'de' },
        { code: 'rim', value: 30 },
      ],
      categories: ['hats'],
      externalReferences: [{ source: 'erp', id: '7' }],
      feedFields: { gender: 'unisex', customLabels: ['', 'x'] },
      optionWords: [{ word: 'Size', words: [{ locale: 'de', text: 'Größe' }] }],
      texts: [
        { channel: 'pos', locale: 'de', title: 'Hut', descriptionHtml: null, seoTitle: null, seoDescription: null },
      ],
      media: [
        { url: 'https://img.example/1', altText: 'One', role: 'GALLERY', altTexts: [{ locale: 'de', text: 'Eins' }] },
        { url: 'https://img.example/2', altText: null, role: 'SIZE_CHART', altTexts: [] },
      ],
      channelMedia: [{ channel: 'pos', urls: ['https://img.example/2'] }],
      publications: [{ channel: 'web', startsAt: null, endsAt: null }],
      variants: ['S', 'M'].map((size) => ({
        optionValues: [size],
        sku: `H-${size}`,
        barcode: '0042',
        weightGrams: 100,
        imageUrl: 'https://img.example/1',
        taxCategory: size === 'S' ? 'standard' : null,
        requiresShipping: size === 'S',
        externalReference: `X1-${size}`,
        externalReferences: [{ source: 'erp', id: `7-${size}` }],
        attributes: [{ code: 'colour', value: 'Red' }],
        feedFields: { mpn: `M-${size}` },
        price: '12.50',
        compareAtPrice: '15.00',
        quantity: 4,
        continueSelling: size === 'M',
      })),
    };
    const band = {
      handle: 'all-band',
      currency: 'EUR',
      title: 'Band',
      variants: [{ optionValues: [], price: '1.00', quantity: 2 }],
    };
    const links = {
      handle: 'all-hat',
      relations: [{ kind: 'ACCESSORY', handles: ['all-band'] }],
      bundles: [{ optionValues: ['M'], components: [{ handle: 'all-band', optionValues: [], quantity: 2 }] }],
    };
    const file = await fileOf([whole, band, links], 'jsonl');
    expect(await load(file)).toMatchObject({
      products: { created: 2, updated: 1, rejected: 0 },
      rejectedLines: 0,
      notes: 0,
    });
    expect(await productNamed('all-hat')).toMatchObject(whole);
    const exported = await exportFrom(shop, 'jsonl', folder);
    const before = await content();
    expect(before.some((line) => line === JSON.stringify(links))).toBe(true);
    expect(await load(exported)).toMatchObject({
      products: { created: 0, updated: 0, rejected: 0 },
      pricesChanged: 0,
      levelsChanged: 0,
      sellingPoliciesChanged: 0,
    });
    expect(differences(await content(), before)).toEqual([]);
    const other = await newShop();
    await define(other.shop);
    await load(exported, {}, other.shop);
    expect(differences(await content(other.shop), before)).toEqual([]);
  });
});
