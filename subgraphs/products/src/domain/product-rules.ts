import { cleanBlock, cleanLine, cleanOptional, isWebAddress } from './text.ts';

/** A product as somebody wants it; see `ProductUpsert` in internal.graphql. */
export interface ProductInput {
  readonly handle: string;
  readonly title: string;
  readonly descriptionHtml: string;
  readonly vendor?: string | null | undefined;
  readonly productType?: string | null | undefined;
  readonly tags: readonly string[];
  readonly published: boolean;
  readonly seoTitle?: string | null | undefined;
  readonly seoDescription?: string | null | undefined;
  readonly externalReference?: string | null | undefined;
  readonly optionNames: readonly string[];
  readonly variants: readonly VariantInput[];
  readonly media: readonly MediaInput[];
}

/** A variant as somebody wants it. */
export interface VariantInput {
  readonly optionValues: readonly string[];
  readonly sku?: string | null | undefined;
  readonly barcode?: string | null | undefined;
  readonly weightGrams?: number | null | undefined;
  readonly imageUrl?: string | null | undefined;
}

/** An image as somebody wants it. */
export interface MediaInput {
  readonly url: string;
  readonly altText?: string | null | undefined;
}

/** The columns of a product that its input decides. */
export interface ProductContent {
  readonly handle: string;
  readonly title: string;
  readonly descriptionHtml: string;
  readonly vendor: string | null;
  readonly productType: string | null;
  readonly tags: readonly string[];
  readonly seoTitle: string | null;
  readonly seoDescription: string | null;
  readonly externalReference: string | null;
  readonly optionNames: readonly string[];
}

/** A product that keeps all rules. */
export interface AcceptedProduct {
  readonly content: ProductContent;
  readonly published: boolean;
  readonly variants: readonly {
    readonly optionValues: readonly string[];
    readonly sku: string | null;
    readonly barcode: string | null;
    readonly weightGrams: number | null;
    readonly imageUrl: string | null;
  }[];
  readonly media: readonly { readonly url: string; readonly altText: string | null }[];
}

export const PRODUCT_LIMITS = {
  title: 255,
  label: 255,
  descriptionHtml: 100_000,
  tags: 250,
  options: 3,
  variants: 250,
  media: 250,
  altText: 1_024,
  seoTitle: 255,
  seoDescription: 1_024,
} as const;
const MAX_WEIGHT_GRAMS = 2_147_483_647;
/** Option values of one variant stand in one index entry, which PostgreSQL bounds at 2,704 bytes. */
const MAX_OPTION_BYTES = 2_000;

class RuleBroken extends Error {}

function rule(holds: boolean, message: string): asserts holds {
  if (!holds) throw new RuleBroken(message);
}

const utf8 = new TextEncoder();

/** Whether a text can be a handle: lower-case letters, digits, hyphens, dots and underscores, 1 to 255, beginning with a letter or digit. */
export const isHandle = (text: string): boolean =>
  /^[\p{L}\p{N}][\p{L}\p{N}\p{M}_.-]{0,254}$/u.test(text) && text === text.toLowerCase();

const optional = (name: string, text: string | null | undefined, maximum: number): string | null => {
  const clean = cleanOptional(text);
  rule(clean === null || clean.length <= maximum, `${name} has more than ${maximum} characters.`);
  return clean;
};

/** Title as it is kept. @throws a reason that `ruleReason` reads */
export function acceptTitle(title: string): string {
  const clean = cleanLine(title);
  rule(clean !== '', 'The title is empty.');
  rule(clean.length <= PRODUCT_LIMITS.title, `The title has more than ${PRODUCT_LIMITS.title} characters.`);
  return clean;
}

/** Labels as they are kept: clean, each once, sorted by code point. @throws a reason that `ruleReason` reads */
export function acceptTags(tags: readonly string[]): string[] {
  rule(tags.length <= PRODUCT_LIMITS.tags, `There are ${tags.length} tags, and ${PRODUCT_LIMITS.tags} are allowed.`);
  const clean = new Set(tags.map(cleanLine).filter((tag) => tag !== ''));
  for (const tag of clean)
    rule(tag.length <= PRODUCT_LIMITS.label, `A tag has more than ${PRODUCT_LIMITS.label} characters.`);
  return [...clean].sort();
}

/** A brand or type as it is kept. @throws a reason that `ruleReason` reads */
export const acceptLabel = (name: string, text: string | null | undefined): string | null =>
  optional(name, text, PRODUCT_LIMITS.label);

/** A description as it is kept. @param sanitise removes what is not safe to render. @throws a reason that `ruleReason` reads */
export function acceptDescription(html: string, sanitise: (html: string) => string): string {
  rule(
    html.length <= PRODUCT_LIMITS.descriptionHtml,
    `The description has more than ${PRODUCT_LIMITS.descriptionHtml} characters.`,
  );
  return sanitise(cleanBlock(html));
}

/** The reason in what an `accept…` function threw; throws on what was no broken rule. */
export function ruleReason(error: unknown): string {
  if (error instanceof RuleBroken) return error.message;
  throw error;
}

/** Checks a product. @returns it as it is kept, or why it cannot be. */
export function acceptProduct(
  input: ProductInput,
  sanitise: (html: string) => string,
): { readonly product: AcceptedProduct } | { readonly reason: string } {
  try {
    return { product: accept(input, sanitise) };
  } catch (error) {
    return { reason: ruleReason(error) };
  }
}

function accept(input: ProductInput, sanitise: (html: string) => string): AcceptedProduct {
  rule(
    isHandle(input.handle),
    'The handle must be 1 to 255 lower-case letters, digits, hyphens, dots and underscores.',
  );
  const optionNames = input.optionNames.map(cleanLine);
  rule(
    optionNames.length <= PRODUCT_LIMITS.options,
    `There are ${optionNames.length} options, and ${PRODUCT_LIMITS.options} are allowed.`,
  );
  rule(
    optionNames.every((name) => name !== '' && name.length <= PRODUCT_LIMITS.label),
    `An option name must have 1 to ${PRODUCT_LIMITS.label} characters.`,
  );
  rule(new Set(optionNames).size === optionNames.length, 'Two options have the same name.');
  const media = acceptMedia(input.media);
  return {
    content: {
      handle: input.handle,
      title: acceptTitle(input.title),
      descriptionHtml: acceptDescription(input.descriptionHtml, sanitise),
      vendor: acceptLabel('The vendor', input.vendor),
      productType: acceptLabel('The product type', input.productType),
      tags: acceptTags(input.tags),
      seoTitle: optional('The title for search engines', input.seoTitle, PRODUCT_LIMITS.seoTitle),
      seoDescription: optional(
        'The description for search engines',
        input.seoDescription,
        PRODUCT_LIMITS.seoDescription,
      ),
      externalReference: acceptLabel('The external reference', input.externalReference),
      optionNames,
    },
    published: input.published,
    variants: acceptVariants(input.variants, optionNames.length, new Set(media.map(({ url }) => url))),
    media,
  };
}

function acceptMedia(media: readonly MediaInput[]): AcceptedProduct['media'] {
  rule(
    media.length <= PRODUCT_LIMITS.media,
    `There are ${media.length} images, and ${PRODUCT_LIMITS.media} are allowed.`,
  );
  const seen = new Set<string>();
  return media.map(({ url, altText }) => {
    rule(isWebAddress(url), `"${cleanLine(url).slice(0, 100)}" is not a web address of at most 2,048 characters.`);
    rule(!seen.has(url), `The image ${url.slice(0, 100)} occurs twice.`);
    seen.add(url);
    return { url, altText: optional('The description of an image', altText, PRODUCT_LIMITS.altText) };
  });
}

function acceptVariants(
  variants: readonly VariantInput[],
  optionCount: number,
  urls: ReadonlySet<string>,
): AcceptedProduct['variants'] {
  rule(variants.length > 0, 'There is no variant.');
  rule(
    variants.length <= PRODUCT_LIMITS.variants,
    `There are ${variants.length} variants, and ${PRODUCT_LIMITS.variants} are allowed.`,
  );
  const seen = new Set<string>();
  return variants.map((variant) => {
    const optionValues = variant.optionValues.map(cleanLine);
    const name = optionValues.join(' / ').slice(0, 100) || 'without options';
    rule(
      optionValues.length === optionCount,
      `The variant ${name} has ${optionValues.length} option values for ${optionCount} options.`,
    );
    rule(
      optionValues.every((value) => value !== '' && value.length <= PRODUCT_LIMITS.label),
      `An option value of the variant ${name} does not have 1 to ${PRODUCT_LIMITS.label} characters.`,
    );
    rule(
      utf8.encode(optionValues.join('')).length <= MAX_OPTION_BYTES,
      `The option values of the variant ${name} are too long together.`,
    );
    const key = JSON.stringify(optionValues);
    rule(!seen.has(key), `The variant ${name} occurs twice.`);
    seen.add(key);
    const weightGrams = variant.weightGrams ?? null;
    rule(
      weightGrams === null || (Number.isInteger(weightGrams) && weightGrams >= 0 && weightGrams <= MAX_WEIGHT_GRAMS),
      `The weight of the variant ${name} is not a whole number of grams.`,
    );
    const imageUrl = variant.imageUrl ?? null;
    rule(imageUrl === null || urls.has(imageUrl), `The image of the variant ${name} is not one of the product's.`);
    return {
      optionValues,
      sku: optional(`The SKU of the variant ${name}`, variant.sku, PRODUCT_LIMITS.label),
      barcode: optional(`The barcode of the variant ${name}`, variant.barcode, PRODUCT_LIMITS.label),
      weightGrams,
      imageUrl,
    };
  });
}
