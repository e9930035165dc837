import { describe, expect, it } from 'vitest';
import { completeDocument } from './complete-document.ts';
import type { PartialDocument, ProductDocument } from './import-item.ts';

const PRESENT: ProductDocument = {
  handle: 'hat',
  title: 'Hat',
  descriptionHtml: '<p>Hat</p>',
  tags: ['a,b'],
  optionNames: ['Size'],
  taxCategory: 'reduced',
  variants: [
    { optionValues: ['S'], sku: 'S', feedFields: { mpn: '1' } },
    { optionValues: ['M'], sku: 'M' },
  ],
  media: [
    { url: 'https://img.example/1', altText: 'One', role: 'SWATCH' },
    { url: 'https://img.example/2', altText: null },
  ],
};
/** What a format makes of it that knows neither commas in tags, nor the tax, nor the order of images. */
const CARRIED: PartialDocument = {
  handle: 'hat',
  title: 'Hat',
  tags: ['a', 'b'],
  taxCategory: 'standard',
  variants: [
    { optionValues: ['S'], sku: 'S' },
    { optionValues: ['M'], sku: 'M' },
  ],
  media: [{ url: 'https://img.example/2' }, { url: 'https://img.example/1' }],
};
const completed = (wanted: PartialDocument, carried: PartialDocument | null = CARRIED) => {
  const result = completeDocument(wanted, PRESENT, carried);
  if ('reason' in result) throw new Error(result.reason);
  return result.document;
};

describe('completeDocument', () => {
  it('keeps what is there where the file says just what its format carries of it', () => {
    expect(completed(CARRIED)).toMatchObject({
      title: 'Hat',
      descriptionHtml: '<p>Hat</p>',
      tags: ['a,b'],
      variants: [{ sku: 'S' }, { sku: 'M' }],
      media: [{ url: 'https://img.example/1', altText: 'One' }, { url: 'https://img.example/2' }],
    });
    expect(completed(CARRIED)).not.toHaveProperty('taxCategory');
  });

  it('takes what the file says otherwise', () => {
    const document = completed({
      ...CARRIED,
      title: 'Cap',
      tags: ['c'],
      taxCategory: 'exempt',
      media: [{ url: 'https://img.example/3' }],
    });
    expect(document).toMatchObject({
      title: 'Cap',
      tags: ['c'],
      taxCategory: 'exempt',
      media: [{ url: 'https://img.example/3' }],
    });
  });

  it('removes variants and images that the file leaves out, and leaves them alone when it has none', () => {
    expect(completed({ handle: 'hat', variants: [{ optionValues: ['M'], sku: 'N' }] }, null)).toMatchObject({
      variants: [{ optionValues: ['M'], sku: 'N' }],
      media: [{ url: 'https://img.example/1' }, { url: 'https://img.example/2' }],
    });
    expect(completed({ handle: 'hat' }, null).variants).toHaveLength(2);
  });

  it('needs a title and a variant of what is new', () => {
    expect(completeDocument({ handle: 'hat' }, null, null)).toEqual({
      reason: 'There is no product with this handle, and a new one needs a title.',
    });
    expect(completeDocument({ handle: 'hat', title: 'Hat', variants: [] }, null, null)).toEqual({
      reason: 'There is no product with this handle, and a new one needs a variant.',
    });
  });
});
