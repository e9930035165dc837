import { cleanLine, isStorable, isWebAddress } from '../text.ts';
import { acceptWords } from './accept-words.ts';
import { EDIT_LIMITS, optionalLine } from './accept-line.ts';
import type { ChannelMediaInput, LocalizedTextInput, MediaRole } from './inputs.ts';
import type { MediaEdit, SectionEdits } from './product-edit.ts';
import { at, each, rule } from './rule.ts';

const MEDIA_ROLES: readonly MediaRole[] = ['GALLERY', 'SWATCH', 'LIFESTYLE', 'SIZE_CHART', 'MANUAL', 'VIDEO'];

/** An image as the schemas give it. */
interface GivenMedia {
  readonly url: string;
  readonly altText?: string | null | undefined;
  readonly role?: MediaRole | null | undefined;
  readonly altTexts?: readonly LocalizedTextInput[] | null | undefined;
}

/** All images of a product, in order. @throws a broken rule */
export function acceptMedia(media: readonly GivenMedia[]): MediaEdit[] {
  rule(media.length <= EDIT_LIMITS.media, `There are ${media.length} images, and ${EDIT_LIMITS.media} are allowed.`);
  const seen = new Set<string>();
  return each(media, ({ url, altText, role, altTexts }) => {
    at(['url'], () => {
      rule(isWebAddress(url), `"${cleanLine(url.slice(0, 100))}" is not a web address of at most 2,048 characters.`);
      rule(!seen.has(url), `The image ${url.slice(0, 100)} occurs twice.`);
    });
    seen.add(url);
    rule(role == null || MEDIA_ROLES.includes(role), `The role of an image is one of ${MEDIA_ROLES.join(', ')}.`);
    const accepted: { -readonly [Field in keyof MediaEdit]: MediaEdit[Field] } = { url };
    if (altText !== undefined) accepted.altText = optionalLine(ALT_TEXT.name, altText, ALT_TEXT.maximum);
    if (role !== undefined) accepted.role = role ?? 'GALLERY';
    if (altTexts !== undefined) accepted.altTexts = at(['altTexts'], () => acceptWords(altTexts ?? [], ALT_TEXT));
    return accepted;
  });
}

const ALT_TEXT = { name: 'The description of an image', maximum: EDIT_LIMITS.altText };

/** Images of channels, each channel once. @throws a broken rule */
export function acceptChannelMedia(media: readonly ChannelMediaInput[]): NonNullable<SectionEdits['channelMedia']> {
  rule(media.length <= EDIT_LIMITS.channels, `There are images of more than ${EDIT_LIMITS.channels} channels.`);
  const seen = new Set<string>();
  return each(media, ({ channel, urls: given }) => {
    const urls = given ?? [];
    at(['channel'], () => {
      rule(channel !== '' && isStorable(channel), 'The channel has no code.');
      rule(!seen.has(channel), `The channel "${cleanLine(channel.slice(0, 40))}" is given twice.`);
    });
    seen.add(channel);
    at(['urls'], () => {
      rule(urls.length <= EDIT_LIMITS.media, `A channel shows at most ${EDIT_LIMITS.media} images.`);
      rule(new Set(urls).size === urls.length, 'An image is given twice.');
    });
    return { channel, urls };
  });
}
