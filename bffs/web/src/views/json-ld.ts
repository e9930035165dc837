import { formatAmount } from '@kontor/kit/src/money.ts';
import type { ProductPageSource } from './sources.ts';
import { productPath } from './paths.ts';
import { isPicture } from './pictures.ts';

type Variant = ProductPageSource['variants'][number];

/** Words of schema.org's ItemAvailability. */
const AVAILABILITY = { IN_STOCK: 'InStock', LOW: 'LimitedAvailability', OUT: 'OutOfStock' } as const;

/**
 * A product as JSON-LD (schema.org Product with an Offer per priced variant).
 * Addresses are relative: the page that carries them knows the shop's own. No counts, which change with every sale.
 */
export function productJsonLd(product: ProductPageSource): string {
  const { title, seo, media, vendor, productType, handle, variants } = product;
  const images = media.filter(isPicture).map(({ url }) => url);
  const offers = variants.flatMap((variant) => offerOf(variant, productPath(handle)));
  return safeInScript({
    '@context': 'https://schema.org',
    '@type': 'Product',
    name: title,
    description: seo.description,
    url: productPath(handle),
    ...(images.length > 0 ? { image: images } : {}),
    ...(vendor ? { brand: { '@type': 'Brand', name: vendor } } : {}),
    ...(productType ? { category: productType } : {}),
    ...(offers.length > 0 ? { offers } : {}),
  });
}

function offerOf({ title, sku, barcode, price, availability }: Variant, url: string) {
  if (!price) return [];
  return [
    {
      '@type': 'Offer',
      name: title,
      url,
      price: formatAmount(price.gross),
      priceCurrency: price.gross.currency,
      ...(sku ? { sku } : {}),
      ...(barcode && /^(\d{8}|\d{12,14})$/.test(barcode) ? { gtin: barcode } : {}),
      ...(availability ? { availability: `https://schema.org/${AVAILABILITY[availability.status]}` } : {}),
    },
  ];
}

/** JSON that can stand inside a script element: neither `</script>` nor `<!--` ends or changes it. */
const safeInScript = (value: unknown): string => JSON.stringify(value).replaceAll('<', String.raw`\u003c`);
