import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { ImportItem, ImportRejection } from './import-item.ts';
import { readShopifyCsv } from './shopify-csv.ts';

const HEADER =
  'Handle,Title,Body (HTML),Vendor,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,Variant Compare At Price,Variant Taxable,Variant Barcode,Image Src,Image Alt Text,Variant Image';
const COLUMNS = HEADER.split(',');

/** One row of a file from the columns that matter. */
const row = (cells: Record<string, string>): string =>
  COLUMNS.map((column) =>
    /[",\n\r]/.test(cells[column] ?? '') ? `"${cells[column]!.replaceAll('"', '""')}"` : (cells[column] ?? ''),
  ).join(',');
const shirt = (more: Record<string, string> = {}) =>
  row({
    Handle: 'shirt',
    'Option1 Value': 'S',
    'Variant Price': '10.00',
    'Variant SKU': 'A',
    'Variant Inventory Tracker': 'shopify',
    ...more,
  });
const first = (more: Record<string, string> = {}) => shirt({ Title: 'Shirt', 'Option1 Name': 'Size', ...more });

async function read(text: string | Readable) {
  const items: ImportItem[] = [];
  for await (const item of readShopifyCsv(typeof text === 'string' ? Readable.from([Buffer.from(text)]) : text).items)
    items.push(item);
  return {
    items,
    products: items.flatMap(({ line, handle, notes, product }) =>
      product ? [{ line, handle, notes, ...product }] : [],
    ),
    rejections: items.flatMap((item): readonly ImportRejection[] => item.rejections),
  };
}
const file = (...rows: string[]) => read([HEADER, ...rows].join('\n'));

describe('readShopifyCsv', () => {
  it('gives a product with its variants, images and notes, and the lines on which they begin', async () => {
    const { products, rejections } = await file(
      first({
        'Body (HTML)': '<p>Soft,\n"warm"</p>',
        Vendor: 'Acme',
        Tags: 'a, b,,a',
        Published: 'true',
        'Option2 Name': 'Colour',
        'Option2 Value': 'Red',
        'Variant Grams': '113.6',
        'Variant Inventory Tracker': 'shopify',
        'Variant Inventory Qty': '-3',
        'Variant Compare At Price': '1,200.50',
        'Variant Taxable': 'TRUE',
        'Variant Barcode': "'0042",
        'Variant SKU': "'30235",
        'Image Src': 'https://img.example/1.jpg',
      }),
      shirt({
        'Option2 Value': 'Blue',
        'Variant SKU': '',
        'Variant Inventory Tracker': '',
        'Variant Inventory Policy': 'continue',
        'Image Src': 'https://img.example/1.jpg',
        'Variant Image': 'https://img.example/2.jpg',
      }),
      row({ Handle: 'shirt', 'Image Src': 'https://img.example/3.jpg', 'Image Alt Text': 'Back' }),
    );
    expect(rejections).toEqual([]);
    expect(products).toHaveLength(1);
    const [product] = products;
    expect(product).toMatchObject({ handle: 'shirt', line: 2 });
    expect(product!.document).toEqual({
      handle: 'shirt',
      title: 'Shirt',
      descriptionHtml: '<p>Soft,\n"warm"</p>',
      vendor: 'Acme',
      tags: ['a', 'b', 'a'],
      optionNames: ['Size', 'Colour'],
      taxCategory: 'standard',
      variants: [
        {
          optionValues: ['S', 'Red'],
          sku: '30235',
          barcode: '0042',
          weightGrams: 114,
          imageUrl: null,
          taxCategory: null,
        },
        {
          optionValues: ['S', 'Blue'],
          sku: null,
          barcode: null,
          weightGrams: null,
          imageUrl: 'https://img.example/2.jpg',
          taxCategory: 'exempt',
        },
      ],
      media: [
        { url: 'https://img.example/1.jpg', altText: null },
        { url: 'https://img.example/2.jpg', altText: null },
        { url: 'https://img.example/3.jpg', altText: 'Back' },
      ],
    });
    expect(product!.published).toBe(true);
    expect(product!.variants).toEqual([
      { line: 2, price: '10.00', compareAt: '1200.50', quantity: 0, continueSelling: null },
      { line: 4, price: '10.00', compareAt: null, quantity: 0, continueSelling: true },
    ]);
    expect(product!.notes).toEqual([
      { line: 2, column: 'Variant Inventory Qty', reason: 'The quantity -3 is negative: taken as 0.' },
      { line: 4, column: 'Variant SKU', reason: 'The variant has no SKU.' },
      {
        line: 4,
        column: 'Variant Inventory Tracker',
        reason:
          'The stock of the variant is not tracked in the file. Here it is, beginning with 0: without stock it is not sold.',
      },
    ]);
  });

  it('takes the placeholder of a product without a choice as no option, and hides what is not published', async () => {
    const { products } = await file(
      first({ 'Option1 Name': 'Title', 'Option1 Value': 'Default Title', Published: 'false' }),
    );
    expect(products[0]).toMatchObject({
      published: false,
      document: { optionNames: [], variants: [{ optionValues: [] }] },
    });
  });

  it('keeps repeated SKUs and says where they stood first', async () => {
    const { products } = await file(
      first(),
      shirt({ 'Option1 Value': 'M' }),
      row({
        Handle: 'hat',
        Title: 'Hat',
        'Option1 Name': 'Title',
        'Option1 Value': 'Default Title',
        'Variant Price': '1',
        'Variant SKU': 'A',
        'Variant Inventory Tracker': 'shopify',
      }),
    );
    expect(products.flatMap(({ variants }) => variants)).toHaveLength(3);
    expect(products.flatMap(({ notes }) => notes)).toEqual([
      { line: 3, column: 'Variant SKU', reason: 'The SKU A stands on line 2 already.' },
      { line: 4, column: 'Variant SKU', reason: 'The SKU A stands on line 2 already.' },
    ]);
  });

  it.each([
    ['a broken price', { 'Option1 Value': 'M', 'Variant Price': '12,50 €' }, 'Variant Price'],
    ['a negative price', { 'Option1 Value': 'M', 'Variant Price': '-1.00' }, 'Variant Price'],
    ['option values that stood before', {}, 'Option1 Value'],
    ['no value for an option', { 'Option1 Value': '' }, 'Option1 Value'],
    ['a value for no option', { 'Option1 Value': 'M', 'Option2 Value': 'Red' }, 'Option2 Value'],
    ['no handle', { Handle: '' }, 'Handle'],
  ])('rejects a row with %s and keeps the others', async (_, cells, column) => {
    const { products, rejections } = await file(first(), shirt(cells), shirt({ 'Option1 Value': 'L' }));
    expect(rejections).toMatchObject([{ line: 3, column }]);
    expect(products[0]!.document.variants!.map(({ optionValues }) => optionValues[0])).toEqual(['S', 'L']);
  });

  it('keeps a variant without a price and says that it cannot be sold', async () => {
    const { products, rejections } = await file(
      first(),
      shirt({ 'Option1 Value': 'M', 'Variant SKU': 'B', 'Variant Price': '' }),
    );
    expect(rejections).toEqual([]);
    expect(products[0]!.variants.map(({ price }) => price)).toEqual(['10.00', null]);
    expect(products[0]!.notes).toEqual([
      { line: 3, column: 'Variant Price', reason: 'The variant has no price: it is kept and cannot be sold.' },
    ]);
  });

  it('rejects rows of a handle that comes again, and keeps the first variants', async () => {
    const { products, rejections } = await file(
      first(),
      row({ Handle: 'hat', Title: 'Hat', 'Option1 Name': 'Size', 'Option1 Value': 'S', 'Variant Price': '1' }),
      shirt({ 'Option1 Value': 'M' }),
      shirt({ 'Option1 Value': 'L' }),
    );
    expect(products.map(({ handle, variants }) => [handle, variants.length])).toEqual([
      ['shirt', 1],
      ['hat', 1],
    ]);
    expect(rejections).toMatchObject([
      { line: 4, handle: 'shirt' },
      {
        line: 5,
        handle: 'shirt',
        reason: 'The rows of this product began on line 2 and were interrupted: move this row to them.',
      },
    ]);
  });

  it('rejects a product without a title, or without a variant that can be kept', async () => {
    const { products, rejections } = await file(
      shirt(),
      row({ Handle: 'hat', Title: 'Hat', 'Option1 Name': 'Size', 'Option1 Value': 'S', 'Variant Price': 'x' }),
    );
    expect(products).toEqual([]);
    expect(rejections.map(({ line, column }) => [line, column])).toEqual([
      [2, 'Title'],
      [3, 'Variant Price'],
      [3, 'Variant Price'],
    ]);
  });

  it('reads a byte order mark, CRLF, empty lines and rows that end early', async () => {
    const { products, rejections } = await read(
      `\ufeff${[HEADER, '', first({ 'Body (HTML)': 'a\r\nb' }), '', row({ Handle: 'hat', Title: 'Hat', 'Option1 Name': 'Size', 'Option1 Value': 'S', 'Variant Price': '1' }).replace(/,+$/, '')].join('\r\n')}\r\n`,
    );
    expect(rejections).toEqual([]);
    expect(products.map(({ handle, line }) => [handle, line])).toEqual([
      ['shirt', 3],
      ['hat', 6],
    ]);
  });

  it.each([
    ['an empty file', '', 'Line 1: the file is empty.'],
    ['a header alone', `${HEADER}\n`, 'Line 1: there is no product in the file.'],
    [
      'another kind of file',
      'sku;price\n1;2\n',
      'Line 1: this is not a Shopify product export: the header has no column "Handle", "Title", "Option1 Name", "Option1 Value", "Variant Price".',
    ],
    [
      'a quote that is never closed',
      [HEADER, first(), 'hat,"Hat', 'x,y', 'z'].join('\n'),
      'Line 3: a quote is opened in this row and never closed.',
    ],
    [
      'a quote in the middle of a cell',
      [HEADER, first(), 'hat,Ha"t'].join('\n'),
      'Line 3: a quote stands where none may',
    ],
    ['text behind a closing quote', [HEADER, first(), 'hat,"Ha"t'].join('\n'), 'Line 3: a quote stands where none may'],
    [
      'a row that never ends',
      [HEADER, first(), `hat,"${'x'.repeat(1_100_000)}`].join('\n'),
      'Line 3: the row has more than 1000000 characters',
    ],
  ])('refuses %s with one line', async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  it('refuses a file that is no UTF-8 with the line', async () => {
    const latin = Buffer.from([HEADER, first(), row({ Handle: 'hat', Title: 'Größe' })].join('\r\n'), 'latin1');
    await expect(read(Readable.from([latin]))).rejects.toThrow('Line 3: the file is not written in UTF-8.');
  });

  it('reads the same however the bytes are cut', async () => {
    const bytes = Buffer.from(
      [HEADER, first({ 'Body (HTML)': 'Größe\r\n€' }), shirt({ 'Option1 Value': 'M' })].join('\r\n'),
    );
    const whole = await read(Readable.from([bytes]));
    expect(await read(Readable.from(Array.from(bytes, (byte) => Buffer.from([byte]))))).toEqual(whole);
    expect(whole.products[0]!.variants.map(({ line }) => line)).toEqual([2, 4]);
  });

  it('gives the products before a broken row', async () => {
    const given: string[] = [];
    const reading = (async () => {
      for await (const item of readShopifyCsv(
        Readable.from([[HEADER, first(), row({ Handle: 'hat' }), 'x,"y'].join('\n')]),
      ).items)
        given.push(item.handle ?? '');
    })();
    await expect(reading).rejects.toThrow('Line 4');
    expect(given).toEqual(['shirt']);
  });

  it('passes on a fault of the file system', async () => {
    await expect(read(createReadStream('/no/such/file.csv'))).rejects.toThrow('ENOENT');
  });

  it('closes the file when its reader stops early', async () => {
    const source = Readable.from(
      (function* () {
        yield `${HEADER}\n`;
        for (let index = 0; ; index += 1)
          yield `${row({ Handle: `p-${index}`, Title: 'P', 'Option1 Name': 'Title', 'Option1 Value': 'Default Title', 'Variant Price': '1' })}\n`;
      })(),
    );
    for await (const item of readShopifyCsv(source).items) {
      expect(item.handle).toBe('p-0');
      break;
    }
    expect(source.destroyed).toBe(true);
  });
});

describe('the columns of Shopify', () => {
  const wide = (columns: Record<string, string>) =>
    read(
      [
        [HEADER, ...Object.keys(columns)].join(','),
        [first(), ...Object.values(columns)].join(','),
        [shirt({ 'Option1 Value': 'M', 'Variant SKU': 'B' }), ...Object.values(columns).map(() => '')].join(','),
      ].join('\n'),
    );

  it('names each column that is not taken once, and those of rejected rows not at all', async () => {
    const { items } = await wide({
      'Fabric (product.metafields.custom.fabric)': 'wool',
      'Price / Europe': '3',
      'Kontor Line': '7',
      'Kontor Reason': 'because',
    });
    expect(items[0]).toMatchObject({
      line: 1,
      product: null,
      notes: [
        { line: 1, column: 'Fabric (product.metafields.custom.fabric)', reason: 'The column is not taken.' },
        { line: 1, column: 'Price / Europe', reason: 'The column is not taken.' },
      ],
    });
    expect(items).toHaveLength(2);
  });

  it('takes status, gift card, shipping, feed fields and the position of images', async () => {
    const { products } = await wide({
      Status: 'draft',
      'Gift Card': 'true',
      'Variant Requires Shipping': 'true',
      'Google Shopping / Gender': 'female',
      'Google Shopping / Custom Product': 'FALSE',
      'Google Shopping / Custom Label 1': 'summer',
    });
    expect(products[0]!.document).toMatchObject({
      status: 'DRAFT',
      isGiftCard: true,
      feedFields: { gender: 'female', customProduct: false, customLabels: ['', 'summer'], mpn: null },
    });
    expect(products[0]!.document.variants!.map(({ requiresShipping }) => requiresShipping)).toEqual([true, false]);
    const placed = await read(
      [
        `${HEADER},Image Position`,
        `${first({ 'Image Src': 'https://img.example/a', 'Variant Image': 'https://img.example/b' })},2`,
        `${shirt({ 'Option1 Value': 'M', 'Image Src': 'https://img.example/b', 'Image Alt Text': 'B' })},1`,
      ].join('\n'),
    );
    expect(placed.products[0]!.document.media).toEqual([
      { url: 'https://img.example/b', altText: 'B' },
      { url: 'https://img.example/a', altText: null },
    ]);
  });

  it('leaves alone what the file has no column for', async () => {
    const { products } = await read('Handle,Title,Option1 Name,Option1 Value,Variant Price\nhat,Hat,Size,S,1');
    expect(products[0]).toMatchObject({
      published: null,
      document: { handle: 'hat', title: 'Hat', optionNames: ['Size'], variants: [{ optionValues: ['S'] }] },
      variants: [{ price: '1', quantity: null, continueSelling: null }],
    });
    const { document } = products[0]!;
    expect(Object.entries(document).flatMap(([name, value]) => (value === undefined ? [name] : []))).toEqual([
      'descriptionHtml',
      'vendor',
      'productType',
      'tags',
      'seoTitle',
      'seoDescription',
      'status',
      'taxCategory',
      'isGiftCard',
      'feedFields',
      'media',
    ]);
  });
});

const samples = process.env['SAMPLE_DATA'];

describe.skipIf(!samples)(
  `readShopifyCsv on real catalogues${samples ? '' : ' (skipped: SAMPLE_DATA does not name the folder of the sample data)'}`,
  () => {
    it.each([
      ['fashion', 997, 3_684, 0],
      ['bicycles', 284, 1_121, 3],
      ['apparel', 25, 96, 1],
    ])('keeps every variant of %s.csv', async (name, productCount, variantCount, withoutSku) => {
      const { products, rejections } = await read(createReadStream(join(samples!, 'catalogues', `${name}.csv`)));
      const variants = products.flatMap(({ variants: rows, document }) =>
        rows.map((each, index) => ({ ...each, ...document.variants![index]! })),
      );
      expect(rejections).toEqual([]);
      expect([products.length, variants.length]).toEqual([productCount, variantCount]);
      expect(variants.filter(({ sku }) => sku === null)).toHaveLength(withoutSku);
      expect(variants.every(({ quantity, price }) => quantity! >= 0 && /^\d+(\.\d+)?$/.test(price!))).toBe(true);
    });
  },
);
