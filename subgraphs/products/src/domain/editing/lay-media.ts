import { EDIT_LIMITS } from './accept-line.ts';
import type { KeptChannelMedia, KeptMedia } from './product-content.ts';
import type { MediaEdit, SectionEdits } from './product-edit.ts';
import { at, each, rule } from './rule.ts';

/** All images of a product as they are after an edit; each keeps its id by its address. @param newId makes ids of new ones. */
export function layMedia(kept: readonly KeptMedia[], edit: readonly MediaEdit[], newId: () => string): KeptMedia[] {
  const before = new Map(kept.map((media) => [media.url, media]));
  return edit.map(({ url, altText, role, altTexts }, position) => {
    const old = before.get(url);
    return {
      mediaId: old?.mediaId ?? newId(),
      position,
      url,
      altText: altText === undefined ? (old?.altText ?? null) : altText,
      role: role ?? old?.role ?? 'GALLERY',
      altTexts: altTexts ?? old?.altTexts ?? {},
    };
  });
}

/**
 * Images of channels with others laid over them; one that the product has no more is shown by nobody, and a channel that has none left
 * shows all. @throws a broken rule
 */
export function layChannelMedia(
  kept: readonly KeptChannelMedia[],
  edit: NonNullable<SectionEdits['channelMedia']>,
  media: readonly KeptMedia[],
): KeptChannelMedia[] {
  const idOfUrl = new Map(media.map(({ url, mediaId }) => [url, mediaId]));
  const ids = new Set(idOfUrl.values());
  const given = each(edit, ({ channel, urls }) => {
    const mediaIds = at(['urls'], () =>
      each(urls, (url) => {
        const mediaId = idOfUrl.get(url);
        rule(mediaId !== undefined, `The image ${url.slice(0, 100)} is not one of the product's.`);
        return mediaId;
      }),
    );
    return { channel, mediaIds };
  });
  const laid = new Map(
    [...kept, ...given].map(({ channel, mediaIds }) => [channel, mediaIds.filter((id) => ids.has(id))]),
  );
  const all = [...laid].flatMap(([channel, mediaIds]) => (mediaIds.length > 0 ? [{ channel, mediaIds }] : []));
  rule(
    all.length <= EDIT_LIMITS.channels,
    `The product would have images of more than ${EDIT_LIMITS.channels} channels.`,
  );
  return all.sort((one, other) => (one.channel < other.channel ? -1 : 1));
}
