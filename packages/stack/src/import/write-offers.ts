import { parseAmount } from '@kontor/kit/src/money.ts';
import type { ImportVariant } from '@kontor/products/src/import/import-item.ts';
import { run, type Operator } from '../operator.ts';
import type { ImportCounts } from './import-report.ts';
import { readListPrices, readStock, SOLD_WITHOUT_END } from './offers.ts';
import type { PlannedProduct } from './plan-products.ts';
import type { ImportTarget } from './target.ts';
import { setSellingKind } from './write-selling-kind.ts';

const MAX_AMOUNT_MINOR = 100_000_000_000;
const MAX_QUANTITY = 1_000_000;

/** A product that was written, or in a rehearsal would be. */
export interface WrittenProduct extends PlannedProduct {
  readonly productId: string;
  /** Aligned with the document's variants. */
  readonly variantIds: readonly string[];
  readonly isNew: boolean;
}

/** How they are written. */
export interface OfferSettings {
  readonly target: ImportTarget;
  readonly isDryRun: boolean;
  readonly note: (line: number, handle: string, column: string, reason: string) => void;
}

interface Offer {
  readonly variantId: string;
  readonly variant: ImportVariant;
  readonly handle: string;
  readonly isNew: boolean;
}

interface PriceInput {
  readonly variantId: string;
  readonly amountMinor: number;
  readonly compareAtMinor: number | null;
}

const PRICES = 'mutation P($input: PricesUpsertInput!) { pricesUpsert(input: $input) { changedCount } }';
const LEVELS = 'mutation L($input: LevelsImportInput!) { answer: levelsImport(input: $input) { changedCount } }';
const LEVELS_CHECK = 'query L($input: LevelsImportInput!) { answer: levelsCheck(input: $input) { changedCount } }';

/** Writes what variants cost, what there is of them, and whether they are sold when there is none. */
export async function writeOffers(
  operator: Operator,
  products: readonly WrittenProduct[],
  settings: OfferSettings,
): Promise<Pick<ImportCounts, 'pricesChanged' | 'levelsChanged' | 'sellingPoliciesChanged'>> {
  const offers = products.flatMap(({ source, variantIds, document, isNew }) =>
    source.variants.map((variant, index): Offer => ({
      variantId: variantIds[index]!,
      variant,
      handle: document.handle,
      isNew,
    })),
  );
  const [pricesChanged, levelsChanged, sellingPoliciesChanged] = await Promise.all([
    writePrices(operator, offers, settings),
    writeLevels(operator, offers, settings),
    writeSelling(operator, offers, settings),
  ]);
  return { pricesChanged, levelsChanged, sellingPoliciesChanged };
}

async function writePrices(operator: Operator, offers: readonly Offer[], settings: OfferSettings): Promise<number> {
  const { target, isDryRun } = settings;
  const prices = offers.flatMap((offer) => priceOf(offer, settings));
  if (prices.length === 0) return 0;
  if (isDryRun) {
    const isKept = await readListPrices(
      operator,
      target.priceListCode,
      prices.map(({ variantId }) => variantId),
    );
    return prices.filter(({ variantId, amountMinor, compareAtMinor }) => {
      const kept = isKept.get(variantId);
      return kept?.amountMinor !== amountMinor || kept.compareAtMinor !== compareAtMinor;
    }).length;
  }
  const { pricesUpsert } = await run<{ pricesUpsert: { changedCount: number } }>(operator, 'prices', PRICES, {
    input: { priceListCode: target.priceListCode, prices },
  });
  return pricesUpsert.changedCount;
}

function priceOf({ variantId, variant, handle }: Offer, { target: { currency }, note }: OfferSettings): PriceInput[] {
  const { price, compareAt, line } = variant;
  if (price === null) return [];
  const amountMinor = amountOf(price, currency);
  if (amountMinor === null) {
    note(line, handle, 'price', `"${price}" is not an amount in ${currency}: the variant is kept without this price.`);
    return [];
  }
  const compareAtMinor = compareAt === null ? null : amountOf(compareAt, currency);
  if (compareAt !== null && compareAtMinor === null)
    note(line, handle, 'former price', `"${compareAt}" is not an amount in ${currency}: left out.`);
  return [{ variantId, amountMinor, compareAtMinor }];
}

/** Minor units; null for what is no amount, or more than a price can be. */
function amountOf(text: string, currency: string): number | null {
  const amount = parseAmount(text, currency);
  return amount !== null && amount >= 0 && amount <= MAX_AMOUNT_MINOR ? amount : null;
}

async function writeLevels(operator: Operator, offers: readonly Offer[], settings: OfferSettings): Promise<number> {
  const { target, isDryRun, note } = settings;
  const levels = offers.flatMap(({ variantId, variant: { quantity, line }, handle }) => {
    if (quantity === null) return [];
    if (quantity > MAX_QUANTITY)
      note(line, handle, 'quantity', `${quantity} is more than can be kept: taken as ${MAX_QUANTITY}.`);
    return [{ variantId, quantity: Math.min(quantity, MAX_QUANTITY), reference: `shopify:${variantId}` }];
  });
  if (levels.length === 0) return 0;
  const { answer } = await run<{ answer: { changedCount: number } }>(
    operator,
    'stock',
    isDryRun ? LEVELS_CHECK : LEVELS,
    { input: { locationId: target.location.locationId, levels } },
  );
  return answer.changedCount;
}

/**
 * Sells ahead what shall be sold when there is none, and stops that where an import began it. How somebody else sells a variant ahead, with
 * a limit or a date, is left alone.
 */
async function writeSelling(operator: Operator, offers: readonly Offer[], settings: OfferSettings): Promise<number> {
  // A new variant is not sold ahead anyway.
  const told = offers.filter(
    ({ variant: { continueSelling }, isNew }) => continueSelling === true || (continueSelling === false && !isNew),
  );
  if (told.length === 0) return 0;
  const stock = await readStock(
    operator,
    settings.target.location.locationId,
    told.map(({ variantId }) => variantId),
  );
  let changed = 0;
  for (const { variantId, variant } of told) {
    const { sellingKind, sellAheadLimit } = stock.get(variantId)!;
    const begins = variant.continueSelling === true && sellingKind === 'DENY';
    const ends =
      variant.continueSelling === false && sellingKind === 'BACKORDER' && sellAheadLimit === SOLD_WITHOUT_END;
    if (!begins && !ends) continue;
    changed += 1;
    if (!settings.isDryRun) await setSellingKind(operator, variantId, begins ? 'BACKORDER' : 'DENY');
  }
  return changed;
}
