import { acceptAttributes, type AttributeChange, type ReferencedThing } from '../types/accept-attributes.ts';
import type { AttributeDefinition, AttributeValues } from '../types/attribute-definition.ts';
import { layFeedFields } from './accept-details.ts';
import { nameOfVariant } from './accept-variants.ts';
import { inKeyOrder } from './key-order.ts';
import { layMedia } from './lay-media.ts';
import { layOptionWords } from './lay-options.ts';
import { layVariants, type LaidVariant } from './lay-variants.ts';
import type { KeptMedia, KeptProduct, KeptVariant, ProductCore } from './product-content.ts';
import type { ProductEdit } from './product-edit.ts';
import { at, broken, orBroken, rule, type BrokenRule } from './rule.ts';

/** What an edit needs besides the product. */
interface EditTools {
  /** Of the type that the product has after the edit; none when nobody defined it. */
  readonly definitions: readonly AttributeDefinition[];
  readonly sanitise: (html: string) => string;
  readonly newId: () => string;
}

/** Something that has to exist, and where the input names it. */
export interface Reference extends Omit<ReferencedThing, 'index'> {
  readonly path: readonly string[];
}

/** A product as it shall be, without what belongs to it in tables of its own. */
export interface WantedCore extends ProductCore {
  readonly references: readonly Reference[];
}

/** The name of the type that a product has after an edit; null for none. */
export const typeAfter = (kept: KeptProduct, { content }: ProductEdit): string | null =>
  content.productType === undefined ? kept.content.productType : content.productType;

/** Lays an edit over a product. @returns the product as it shall be, or the first rule that it would break. */
export function applyEdit(
  kept: KeptProduct,
  edit: ProductEdit,
  tools: EditTools,
): { readonly wanted: WantedCore } | { readonly broken: BrokenRule } {
  const applied = orBroken(() => lay(kept, edit, tools));
  return 'broken' in applied ? applied : { wanted: applied.result };
}

function lay(kept: KeptProduct, edit: ProductEdit, tools: EditTools): WantedCore {
  const optionNames = edit.options?.names ?? kept.content.optionNames;
  const media = edit.media === null ? kept.media : layMedia(kept.media, edit.media, tools.newId);
  const laid = layVariants(kept, edit, optionNames, tools.newId);
  const mayBeIncomplete = (edit.content.status ?? kept.content.status) !== 'ACTIVE';
  const references: Reference[] = [];
  const write: AttributeWriter = (change, path, variant) => {
    const { values, found } = writeAttributes(
      { ...change, definitions: tools.definitions, mayBeIncomplete },
      tools,
      path,
      variant,
    );
    references.push(...found);
    return values;
  };
  const attributes = write(
    { scope: 'PRODUCT', kept: kept.content.attributes, input: edit.attributes },
    ['attributes'],
    null,
  );
  const variants = withAttributes(withImages(laid, media), write);
  const content = {
    ...kept.content,
    ...edit.content,
    optionNames,
    attributes,
    feedFields: layFeedFields(kept.content.feedFields, edit.feedFields),
    optionWords: layOptionWords(kept.content, edit.options, optionNames, variants),
  };
  return { content, variants, media, references };
}

/** Looks up the image of each variant by the address that is given, or drops one that the product has no more. */
function withImages(laid: readonly LaidVariant[], media: readonly KeptMedia[]): LaidVariant[] {
  const idOfUrl = new Map(media.map(({ url, mediaId }) => [url, mediaId]));
  const ids = new Set(idOfUrl.values());
  return laid.map((each) => {
    const { variant, patch, index } = each;
    const { imageUrl } = patch;
    if (imageUrl === undefined) {
      const { mediaId } = variant;
      return mediaId === null || ids.has(mediaId) ? each : { ...each, variant: { ...variant, mediaId: null } };
    }
    const mediaId = imageUrl === null ? null : idOfUrl.get(imageUrl);
    at(['variants', String(index), 'imageUrl'], () =>
      rule(
        mediaId !== undefined,
        `The image of the variant ${nameOfVariant(variant.optionValues)} is not one of the product's.`,
      ),
    );
    return { ...each, variant: { ...variant, mediaId: mediaId ?? null } };
  });
}

type AttributeWriter = (
  change: Pick<AttributeChange, 'scope' | 'kept' | 'input'>,
  path: readonly string[],
  variant: readonly string[] | null,
) => AttributeValues;

const withAttributes = (laid: readonly LaidVariant[], write: AttributeWriter): KeptVariant[] =>
  laid.map(({ variant, patch, index }) => {
    const path = index === null ? ['variants'] : ['variants', String(index), 'attributes'];
    const attributes = write(
      { scope: 'VARIANT', kept: variant.attributes, input: patch.attributes },
      path,
      variant.optionValues,
    );
    return attributes === variant.attributes ? variant : { ...variant, attributes };
  });

/** @param variant whose attributes they are, by its option values; null for the product's. */
function writeAttributes(
  change: AttributeChange,
  { sanitise }: EditTools,
  path: readonly string[],
  variant: readonly string[] | null,
): { values: AttributeValues; found: Reference[] } {
  // Most products have a type that nobody defined: there is nothing to check, and nothing to write.
  if (change.definitions.length === 0 && !change.input?.length) return { values: change.kept, found: [] };
  const accepted = acceptAttributes(change, sanitise);
  if ('broken' in accepted) {
    const { message, index } = accepted.broken;
    const where = index === null ? path : [...path, String(index)];
    throw broken(variant === null ? message : `The variant ${nameOfVariant(variant)}: ${message}`, where);
  }
  return {
    values: inKeyOrder(accepted.values),
    found: accepted.references.map(({ kind, id, index }) => ({ kind, id, path: [...path, String(index), 'value'] })),
  };
}
