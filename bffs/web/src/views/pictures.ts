import type { ProductPageSource } from './sources.ts';

type Media = ProductPageSource['media'][number];
type MediaRole = Media['role'];

/** What a shopper looks at to see the product; a gallery cannot show films and instructions, and samples and tables stand elsewhere. */
const PICTURES: ReadonlySet<MediaRole> = new Set(['GALLERY', 'LIFESTYLE']);

/** Whether a file is a picture of the product. */
export const isPicture = ({ role }: Pick<Media, 'role'>): boolean => PICTURES.has(role);

/** The media of a role in their order; all of them when it is null. */
export const mediaOf = (media: readonly Media[], role: MediaRole | null): Media[] =>
  media.filter((each) => role === null || each.role === role);
