import { expect, it } from 'vitest';
import { productScreen } from './product-screen.ts';
import { scannedVariant } from './scanned-variant.ts';

it('shows at most 8 images on a screen', () => {
  const media = Array.from({ length: 20 }, (_, index) => ({
    url: `https://images.example/${index}.jpg`,
    altText: null,
  }));
  const screen = productScreen({
    id: 'p',
    handle: 'p',
    title: 'P',
    vendor: null,
    descriptionHtml: '',
    media,
    variants: [],
  });
  expect(screen.images).toEqual(media.slice(0, 8));
  expect(screen).not.toHaveProperty('media');
});

it('puts the product beside a scanned variant', () => {
  const variant = { id: 'v', title: 'M', sku: null, image: null, price: null, availability: null };
  expect(scannedVariant({ ...variant, product: { id: 'p', title: 'Parka' } })).toEqual({
    ...variant,
    productId: 'p',
    productTitle: 'Parka',
  });
});
