import type { ProductScreenQuery } from '../generated/upstream.ts';

type Media = NonNullable<ProductScreenQuery['product']>['media'][number];

/** More do not fit a phone. */
const PICTURES_PER_SCREEN = 8;
/** What shows the product itself; samples and tables stand elsewhere, films and instructions are no pictures. */
const PICTURES: ReadonlySet<Media['role']> = new Set(['GALLERY', 'LIFESTYLE']);

/** The pictures of a product in their order, at most 8. */
export const picturesOf = <File extends Pick<Media, 'role'>>(media: readonly File[]): File[] =>
  media.filter(({ role }) => PICTURES.has(role)).slice(0, PICTURES_PER_SCREEN);
