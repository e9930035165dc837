import type { ProductScreenQuery } from '../generated/upstream.ts';

const IMAGES = 8;

/** The screen of a product. */
export const productScreen = ({ media, ...product }: NonNullable<ProductScreenQuery['product']>) => ({
  ...product,
  images: media.slice(0, IMAGES),
});
