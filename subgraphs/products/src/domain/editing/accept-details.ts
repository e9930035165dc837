import { cleanLine, cleanOptional } from '../text.ts';
import { PRODUCT_STATUSES, type ExternalReferenceInput, type FeedFieldsInput, type ProductStatus } from './inputs.ts';
import { inKeyOrder } from './key-order.ts';
import type { FeedFields } from './product-content.ts';
import { at, each, rule } from './rule.ts';

const MAX_REFERENCES = 50;
const MAX_SOURCE = 64;
const MAX_REFERENCE = 255;
const MAX_FEED_TEXT = 255;
const MAX_FEED_LIST_TEXT = 1_000;
const CUSTOM_LABELS = 5;

/** A kind of goods for taxes as it is kept; null for none. @throws a broken rule */
export function acceptTaxCategory(text: string | null): string | null {
  rule(
    text === null || /^[\p{L}\p{N}_-]{1,64}$/u.test(text),
    'A tax category is 1 to 64 letters, digits, hyphens and underscores.',
  );
  return text;
}

/** A status. @throws a broken rule for what the schemas do not know, such as a draft that was kept */
export function acceptStatus(status: ProductStatus): ProductStatus {
  rule(PRODUCT_STATUSES.includes(status), `A status is one of ${PRODUCT_STATUSES.join(', ')}.`);
  return status;
}

/** Ids by the name of the system, each system once. @throws a broken rule */
export function acceptExternalReferences(references: readonly ExternalReferenceInput[]): Record<string, string> {
  rule(references.length <= MAX_REFERENCES, `There are more than ${MAX_REFERENCES} external references.`);
  const accepted = new Map<string, string>();
  each(references, ({ source, id }) => {
    const name = cleanLine(source);
    const value = cleanLine(id);
    at(['source'], () => {
      rule(name !== '' && name.length <= MAX_SOURCE, `The name of a system has 1 to ${MAX_SOURCE} characters.`);
      rule(!accepted.has(name), `The system "${name}" is given twice.`);
    });
    at(['id'], () =>
      rule(value !== '' && value.length <= MAX_REFERENCE, `The id in "${name}" has 1 to ${MAX_REFERENCE} characters.`),
    );
    accepted.set(name, value);
  });
  return inKeyOrder(Object.fromEntries(accepted));
}

/** What an edit makes of feed fields: clean values, null for what is removed; null as a whole removes all. */
export type FeedFieldsPatch = ReadonlyMap<string, FeedFields[string] | null> | null;

const FEED_TEXTS = {
  googleProductCategory: MAX_FEED_TEXT,
  gender: MAX_FEED_TEXT,
  ageGroup: MAX_FEED_TEXT,
  mpn: MAX_FEED_TEXT,
  condition: MAX_FEED_TEXT,
  adwordsGrouping: MAX_FEED_TEXT,
  adwordsLabels: MAX_FEED_LIST_TEXT,
} as const;

/** Feed fields that are given. @throws a broken rule */
export function acceptFeedFields(input: FeedFieldsInput | null): FeedFieldsPatch {
  if (input === null) return null;
  const patch = new Map<string, FeedFields[string] | null>();
  for (const [name, maximum] of Object.entries(FEED_TEXTS)) {
    const text = input[name as keyof typeof FEED_TEXTS];
    if (text === undefined) continue;
    const clean = cleanOptional(text);
    at([name], () => rule((clean ?? '').length <= maximum, `${name} has more than ${maximum} characters.`));
    patch.set(name, clean);
  }
  if (input.customProduct !== undefined) patch.set('customProduct', input.customProduct);
  if (input.customLabels !== undefined)
    patch.set(
      'customLabels',
      at(['customLabels'], () => acceptCustomLabels(input.customLabels ?? [])),
    );
  return patch;
}

function acceptCustomLabels(labels: readonly string[]): readonly string[] | null {
  rule(labels.length <= CUSTOM_LABELS, `There are at most ${CUSTOM_LABELS} custom labels.`);
  const clean = labels.map(cleanLine);
  rule(
    clean.every((label) => label.length <= MAX_FEED_TEXT),
    `A custom label has more than ${MAX_FEED_TEXT} characters.`,
  );
  const last = clean.findLastIndex((label) => label !== '');
  return last < 0 ? null : clean.slice(0, last + 1);
}

/** Feed fields with a patch laid over them. */
export function layFeedFields(kept: FeedFields, patch: FeedFieldsPatch | undefined): FeedFields {
  if (patch === undefined) return kept;
  if (patch === null) return {};
  const fields = new Map(Object.entries(kept));
  for (const [name, value] of patch)
    if (value === null) fields.delete(name);
    else fields.set(name, value);
  return inKeyOrder(Object.fromEntries(fields));
}
