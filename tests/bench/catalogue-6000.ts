import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

const COLUMNS = [
  'Handle',
  'Title',
  'Body (HTML)',
  'Vendor',
  'Type',
  'Tags',
  'Published',
  'Option1 Name',
  'Option1 Value',
  'Variant SKU',
  'Variant Grams',
  'Variant Inventory Tracker',
  'Variant Inventory Qty',
  'Variant Inventory Policy',
  'Variant Price',
  'Variant Compare At Price',
  'Image Src',
];

/** Writes a Shopify CSV of so many products with so many variants each. */
export async function writeCatalogue(file: string, products: number, variantsEach: number): Promise<void> {
  const out = createWriteStream(file);
  out.write(`${COLUMNS.join(',')}\n`);
  for (let product = 0; product < products; product += 1) {
    const handle = `bench-${product}`;
    for (let variant = 0; variant < variantsEach; variant += 1) {
      const first = variant === 0;
      const row = [
        handle,
        first ? `Bench product ${product}` : '',
        first ? `<p>What bench product ${product} is made of, and for whom.</p>` : '',
        first ? `Maker ${product % 20}` : '',
        first ? `Type ${product % 12}` : '',
        first ? 'bench' : '',
        first ? 'true' : '',
        first ? 'Size' : '',
        `Size ${variant}`,
        `B-${product}-${variant}`,
        '400',
        'shopify',
        '100000',
        'deny',
        String(10 + ((product * 7 + variant) % 90)),
        '',
        first ? `https://images.kontor.example/${handle}/1.jpg` : '',
      ];
      out.write(`${row.join(',')}\n`);
    }
  }
  out.end();
  await once(out, 'finish');
}
