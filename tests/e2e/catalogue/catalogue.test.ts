import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SCHEMAS } from '@kontor/stack/src/services.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { ask } from '@kontor/testkit/src/graph-client.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SEARCH, type SearchData } from '../operations.ts';
import { shopperWith, variantsOf } from '../shopper.ts';
import { startStackSystem, type System } from '../system.ts';

const CLI = fileURLToPath(new URL('../../../packages/stack/src/catalogue.ts', import.meta.url));
const SAMPLE = process.env['SAMPLE_DATA'];
const HEADER =
  'Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,Variant Compare At Price,Image Src';

describe('npm run catalogue, beside a running system', () => {
  let system: System;
  let folder: string;
  beforeAll(async () => {
    system = await startStackSystem();
    folder = await mkdtemp(join(tmpdir(), 'kontor-catalogue-'));
  });
  afterAll(async () => {
    await system.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Runs the command with one database URL per schema, as where no role can be made. */
  const catalogue = (...args: string[]) =>
    new Promise<{ code: number; out: string; err: string }>((done) => {
      const urls = Object.fromEntries(
        SCHEMAS.map((schema) => [`${schema.toUpperCase()}_DATABASE_URL`, system.database.urls[schema]]),
      );
      execFile(
        process.execPath,
        [CLI, ...args],
        { env: { PATH: process.env['PATH'], DATA_DIR: folder, ...urls } },
        (error, out, err) => done({ code: error ? Number(error.code) : 0, out, err }),
      );
    });
  const file = async (name: string, text: string) => {
    const path = join(folder, name);
    await writeFile(path, text);
    return path;
  };

  it('keeps the good rows of a file, reports the others by line and reason, and changes nothing the second time, not even after a sale', async () => {
    const path = await file(
      'mixed.csv',
      [
        HEADER,
        'ember-mug,Ember Mug,"<p onclick=""x()"">Holds heat.<script>alert(1)</script></p>",Ember,Mugs,"warm, mug",true,Size,S,EM-S,300,shopify,7,deny,12.50,15.00,https://images.kontor.example/mug.jpg',
        'ember-mug,,,,,,,,M,,320,shopify,-3,deny,14.50,,',
        'ember-mug,,,,,,,,L,EM-S,340,shopify,4,deny,much,,',
        'plain-bowl,Plain Bowl,,Ember,Bowls,,true,Title,Default Title,PB-1,500,shopify,2,deny,9,,',
      ].join('\n'),
    );
    const first = await catalogue('import', path, '--currency', 'EUR');
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toMatch(/^3 variants in 2 products, [\d.]+ s, \d+ variants\/s → .*base-eur; leipzig$/m);
    expect(first.out).toContain('2 created, 0 updated, 0 unchanged');
    expect(first.out).toContain('line 4, Variant Price: ');
    const report = await readFile(join(folder, 'reports', 'mixed.csv.report.csv'), 'utf8');
    expect(report).toContain('"3","note","ember-mug","Variant SKU","The variant has no SKU."');
    expect(report).toContain(
      '"3","note","ember-mug","Variant Inventory Qty","The quantity -3 is negative: taken as 0."',
    );

    const web = system.url('web');
    const small = await eventually(async () => {
      const [variant] = await variantsOf(web, 'ember-mug');
      expect(variant).toMatchObject({
        sku: 'EM-S',
        price: { gross: { minorUnits: 1250, currency: 'EUR' } },
        availability: { sellableQuantity: 7 },
      });
      return variant!;
    });
    const { productPage } = await ask<{ productPage: { descriptionHtml: string } }>(
      web,
      '{ productPage(handle: "ember-mug") { descriptionHtml } }',
    );
    expect(productPage.descriptionHtml).toBe('<p>Holds heat.</p>');

    await eventually(async () => {
      const shopper = await shopperWith(web, [{ variantId: small.id, quantity: 2 }]);
      expect((await shopper.checkout()).__typename).toBe('OrderPlaced');
    });
    const second = await catalogue('import', path, '--currency', 'EUR');
    expect(second.out).toContain('0 created, 0 updated, 2 unchanged');
    expect(second.out).toMatch(/prices {4}0 changed\n {2}stock {5}0 levels changed/);
    expect((await variantsOf(web, 'ember-mug'))[0]!.availability!.sellableQuantity).toBe(5);
  });

  it('says in one line what is wrong with a call or a file, and loads nothing', async () => {
    const one = async (...args: string[]) => {
      const { code, err } = await catalogue(...args);
      expect(code).toBe(1);
      return err.trim().split('\n')[0];
    };
    const good = await file('good.csv', HEADER);
    expect(await one('import', join(folder, 'missing.csv'))).toMatch(
      /missing\.csv cannot be read: there is no such file/,
    );
    expect(await one('import', await file('other.csv', 'a,b\n1,2\n'))).toMatch(
      /^Line 1: this is not a Shopify product export: the header has no column "Handle"/,
    );
    expect(await one('import', await file('broken.csv', `${HEADER}\nx,"never closed\n`))).toMatch(/^Line \d: /);
    expect(await one('import', good, '--channel', 'moon')).toBe(
      'There is no channel "moon". There are: b2b, marketplace, mobile, pos, web.',
    );
    expect(await one('import', good, '--location', 'moon')).toMatch(
      /^There is no location "moon" in these channels\. There are: leipzig, /,
    );
    expect(await one('import', good, '--currency', 'MOON')).toMatch(/^"MOON" is not a currency code/);
    expect(await one('publish', good)).toMatch(/^There is no such command: publish/);
    expect(await one('export', join(folder, 'out.csv'), '--channel', 'moon')).toMatch(/^There is no channel "moon"/);
    expect(await one('locations', await file('stores.json', '{}'))).toMatch(/must hold a JSON list of stores\.$/);
  });

  describe.skipIf(!SAMPLE)(`with real catalogues${SAMPLE ? '' : ' (skipped: SAMPLE_DATA is not set)'}`, () => {
    it.each([
      // The others go in and out in packages/stack/src/export.
      ['fashion.csv', 3_684, 'camisole'],
    ])(
      'loads all of %s (%i variants), which are then found, and nothing the second time',
      async (name, variants, word) => {
        const path = join(SAMPLE!, 'catalogues', name);
        const first = await catalogue('import', path);
        expect(first).toMatchObject({ code: 0, err: '' });
        expect(first.out).toMatch(new RegExp(`^${variants} variants in \\d+ products, `, 'm'));
        expect(first.out).toContain(`prices    ${variants} changed`);
        expect(first.out).toContain('report    0 rejected');
        const { searchPage } = await ask<SearchData>(system.url('web'), SEARCH, { query: word });
        expect(
          searchPage.products.edges.flatMap((edge) => edge.node.variants).filter((variant) => variant.price !== null)
            .length,
        ).toBeGreaterThan(2);
        const second = await catalogue('import', path);
        expect(second.out).toMatch(
          / 0 created, 0 updated, \d+ unchanged\n {2}prices {4}0 changed\n {2}stock {5}0 levels changed/,
        );
      },
    );

    it('loads 1,565 stores with coordinates, once', async () => {
      const path = join(SAMPLE!, 'locations', 'stores.json');
      expect((await catalogue('locations', path, '--channel', 'pos')).out).toBe(
        '1565 locations read: 1565 created, 0 updated, 0 unchanged, 0 rejected\n',
      );
      expect((await catalogue('locations', path, '--channel', 'pos')).out).toBe(
        '1565 locations read: 0 created, 0 updated, 1565 unchanged, 0 rejected\n',
      );
    });
  });
});
