import { acceptChannelMedia } from './accept-media.ts';
import { acceptCategoryIds, acceptRelations } from './accept-relations.ts';
import { acceptTexts } from './accept-texts.ts';
import type { ChannelMediaInput, ProductTextInput, RelationKind } from './inputs.ts';
import type { SectionEdits } from './product-edit.ts';
import { at } from './rule.ts';

/** What the schemas give of what belongs to a product in tables of its own. */
interface GivenSections {
  readonly texts?: readonly ProductTextInput[] | null | undefined;
  readonly channelMedia?: readonly ChannelMediaInput[] | null | undefined;
  /** Null for none. */
  readonly categoryIds?: readonly string[] | null | undefined;
  readonly relations?:
    readonly { readonly kind: RelationKind; readonly products: readonly string[] }[] | null | undefined;
}

/** The sections that are given, clean. @param by what related products are known by. @throws a broken rule */
export function acceptSections(
  { texts, channelMedia, categoryIds, relations }: GivenSections,
  by: 'productIds' | 'handles',
  sanitise: (html: string) => string,
): SectionEdits {
  return {
    ...(texts == null ? {} : { texts: at(['texts'], () => acceptTexts(texts, sanitise)) }),
    ...(channelMedia == null ? {} : { channelMedia: at(['channelMedia'], () => acceptChannelMedia(channelMedia)) }),
    ...(categoryIds === undefined
      ? {}
      : { categoryIds: at(['categoryIds'], () => acceptCategoryIds(categoryIds ?? [])) }),
    ...(relations == null ? {} : { relations: at(['relations'], () => acceptRelations(relations, by)) }),
  };
}
