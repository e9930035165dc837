import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readGoogleTsv } from './google-tsv.ts';
import type { ImportItem } from './import-item.ts';

async function read(...rows: readonly Readonly<Record<string, string>>[]): Promise<ImportItem[]> {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ''))];
  const text = lines.map((cells) => cells.join('\t')).join('\r\n');
  const items: ImportItem[] = [];
  for await (const item of readGoogleTsv(Readable.from([Buffer.from(text)])).items) items.push(item);
  return items;
}
const SHIRT = { id: 'A', item_group_id: 'Shirt 1', title: 'Shirt', price: '10.00 EUR', size: 'S', quantity: '2' };

describe('readGoogleTsv', () => {
  it('makes one product of the rows of a group, with the columns that tell them apart as options', async () => {
    const [item] = await read(
      {
        ...SHIRT,
        'g:image link': 'https://img.example/1',
        additional_image_link: 'https://img.example/2,https://img.example/3',
        availability: 'in stock',
        brand: 'Acme',
        gtin: '0042',
        sale_price: 'EUR 8.00',
        shipping_weight: '1.5 kg',
        custom_label_1: 'x',
        identifier_exists: 'no',
        condition: 'new',
      },
      {
        ...SHIRT,
        id: 'B',
        size: '24" wide',
        'g:image link': 'https://img.example/2',
        availability: 'backorder',
        condition: 'used',
      },
    );
    expect(item!.rejections).toEqual([]);
    expect(item!.product).toEqual({
      document: {
        handle: 'shirt-1',
        title: 'Shirt',
        vendor: 'Acme',
        optionNames: ['Size'],
        feedFields: { condition: 'new', customProduct: true, customLabels: ['', 'x'] },
        variants: [
          { optionValues: ['S'], sku: 'A', barcode: '0042', weightGrams: 1500, imageUrl: 'https://img.example/1' },
          {
            optionValues: ['24" wide'],
            sku: 'B',
            barcode: null,
            weightGrams: null,
            imageUrl: 'https://img.example/2',
            feedFields: { condition: 'used' },
          },
        ],
        media: [1, 2, 3].map((number) => ({ url: `https://img.example/${number}` })),
      },
      published: true,
      currency: 'EUR',
      variants: [
        { line: 2, price: '8.00', compareAt: '10.00', quantity: 2, continueSelling: null },
        { line: 3, price: '10.00', compareAt: null, quantity: 2, continueSelling: true },
      ],
    });
  });

  it('knows a product by its page before its group', async () => {
    const [item] = await read({ ...SHIRT, link: 'https://shop.example/de/products/caf%C3%A9-shirt?variant=1' });
    expect(item!.handle).toBe('café-shirt');
  });

  it.each([
    ['a price without a currency', { price: '10.00' }, 'price', '"10.00" is not a price such as 12.50 EUR.'],
    [
      'a price in another currency',
      { price: '10.00 USD' },
      'price',
      "The price is in USD, and the product's are in EUR.",
    ],
    ['no value for an option', { size: '' }, 'size', 'The variant has no value for the option "Size".'],
    ['the options of another row', { size: 'S' }, 'item_group_id', 'The variant S stands on line 2 already.'],
  ])('rejects a row with %s and keeps the others', async (_, cells, column, reason) => {
    const [item] = await read(SHIRT, { ...SHIRT, size: 'M', ...cells });
    expect(item!.rejections).toEqual([{ line: 3, column, handle: 'shirt-1', reason }]);
    expect(item!.product!.variants).toHaveLength(1);
    expect(item!.rows.map(({ line }) => line)).toEqual([2, 3]);
  });

  it('leaves quantities alone that no column tells, and says so once', async () => {
    const { quantity: _, ...row } = SHIRT;
    const [notes, item] = await read(
      { ...row, availability: 'in_stock' },
      { ...row, size: 'M', availability: 'out_of_stock' },
    );
    expect(notes!.notes.map(({ line }) => line)).toEqual([1]);
    expect(item!.product!.variants.map(({ quantity }) => quantity)).toEqual([null, 0]);
  });

  it('refuses another kind of file', async () => {
    await expect(read({ Handle: 'x', Title: 'y' })).rejects.toThrow(
      'Line 1: this is not a product feed of Google Merchant: the header has no column "id", "price".',
    );
  });
});
