import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { ImportItem } from './import-item.ts';
import { readJsonLines } from './json-lines.ts';

async function read(...lines: readonly (string | object)[]): Promise<ImportItem[]> {
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  return itemsOf(Readable.from([Buffer.from(text)]));
}

async function itemsOf(source: Readable): Promise<ImportItem[]> {
  const items: ImportItem[] = [];
  for await (const item of readJsonLines(source).items) items.push(item);
  return items;
}

describe('readJsonLines', () => {
  it('gives a product with what the line says, and nothing where it says nothing', async () => {
    const [item] = await read({
      handle: 'hat',
      currency: 'EUR',
      attributes: [{ code: 'rim', value: 3.5, unit: 'cm' }],
      variants: [
        { optionValues: [], sku: 'H', price: '1,200.50', quantity: 3, continueSelling: true },
        { optionValues: ['a'] },
      ],
    });
    expect(item).toMatchObject({ line: 1, handle: 'hat', notes: [], rejections: [], isLater: false });
    expect(item!.product).toEqual({
      document: {
        handle: 'hat',
        attributes: [{ code: 'rim', value: 3.5, unit: 'cm' }],
        variants: [{ optionValues: [], sku: 'H' }, { optionValues: ['a'] }],
      },
      published: null,
      currency: 'EUR',
      variants: [
        { line: 1, price: '1200.50', compareAt: null, quantity: 3, continueSelling: true },
        { line: 1, price: null, compareAt: null, quantity: null, continueSelling: null },
      ],
    });
  });

  it('takes a line of relations and bundles alone as one that comes behind its product', async () => {
    const items = await read(
      { handle: 'hat' },
      { handle: 'hat', relations: [{ kind: 'ACCESSORY', handles: ['band'] }] },
    );
    expect(items.map(({ isLater, rejections }) => [isLater, rejections.length])).toEqual([
      [false, 0],
      [true, 0],
    ]);
  });

  it.each([
    ['no JSON', '{"handle":', null, 'The line is not JSON.'],
    ['no object', '[1]', '', 'The line must be an object.'],
    ['no handle', '{"title":"Hat"}', 'handle', 'handle must be a text.'],
    ['a field of another type', '{"handle":"hat","tags":"a"}', 'tags', 'tags must be a list.'],
    [
      'a number as price',
      '{"handle":"hat","variants":[{"optionValues":[],"price":3}]}',
      'variants[0].price',
      'variants[0].price must be a price as a text, such as "12.50".',
    ],
    [
      'too many images',
      JSON.stringify({ handle: 'hat', media: Array.from({ length: 501 }, () => ({})) }),
      'media',
      'media has 501 entries, and 500 are read.',
    ],
    [
      'a line of rejected rows that was not corrected',
      '{"kontorText":"{","handle":"hat"}',
      'kontorText',
      'The line still holds the text that could not be read: put the product in its place.',
    ],
  ])('rejects a line with %s and reads on', async (_, line, column, reason) => {
    const items = await read('', line, { handle: 'cap', title: 'Cap' });
    expect(items[0]).toMatchObject({ line: 2, product: null, rejections: [{ line: 2, column, reason }] });
    expect(items[1]).toMatchObject({ line: 3, handle: 'cap', rejections: [] });
  });

  it('rejects a handle that comes again, and names fields that it does not take', async () => {
    const items = await read({ handle: 'hat', colour: 'red' }, { handle: 'hat', title: 'Hat' });
    expect(items[0]!.notes).toEqual([{ line: 1, column: 'colour', reason: 'The field is not taken.' }]);
    expect(items[1]!.rejections).toMatchObject([{ line: 2, reason: 'The product stands on line 1 already.' }]);
  });

  it('does not take what an object inherits, nor changes what others inherit', async () => {
    const [item] = await read(
      '{"handle":"hat","__proto__":{"title":"x"},"variants":[{"optionValues":[],"__proto__":{"price":"1"}}]}',
    );
    expect(item!.product!.document).toEqual({ handle: 'hat', variants: [{ optionValues: [] }] });
    expect(item!.product!.variants[0]!.price).toBe(null);
    expect(({} as { title?: string }).title).toBe(undefined);
    expect(item!.notes.map(({ column }) => column)).toEqual(['__proto__']);
  });

  it('reads past a line of 100 MB without keeping it', async () => {
    const chunk = Buffer.alloc(1_000_000, 'x');
    let heap = 0;
    const source = Readable.from(
      (function* () {
        yield Buffer.from('{"handle":"hat"}\n"');
        for (let index = 0; index < 100; index += 1) {
          heap = Math.max(heap, process.memoryUsage().heapUsed);
          yield chunk;
        }
        yield Buffer.from('"\n{"handle":"cap"}');
      })(),
    );
    const before = process.memoryUsage().heapUsed;
    const items = await itemsOf(source);
    expect(items.map(({ line, handle }) => [line, handle])).toEqual([
      [1, 'hat'],
      [2, null],
      [3, 'cap'],
    ]);
    expect(items[1]!.rejections[0]!.reason).toBe('The line has 100000002 characters, and 8000000 are read.');
    expect(items[1]!.rows[0]!.cells[0]!.length).toBe(1_000);
    expect(heap - before).toBeLessThan(80_000_000);
  });

  it('says on which line a file is no UTF-8', async () => {
    const source = Readable.from([Buffer.from('{"handle":"hat"}\n'), Buffer.from([0x22, 0xff, 0x22])]);
    await expect(itemsOf(source)).rejects.toThrow('Line 2: the file is not written in UTF-8.');
    await expect(read('', '')).rejects.toThrow('Line 1: the file is empty.');
  });
});
