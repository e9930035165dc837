import type { VariantFacts } from '../../domain/facts.ts';
import type {
  Candidate,
  Derivation,
  PriceList,
  PriceListScope,
  PriceRow,
  Span,
} from '../../domain/lists/price-list.ts';
import type { PriceScope, PricingContext } from '../../domain/pricing-context.ts';
import type { TaxTable } from '../../domain/taxes/tax-provider.ts';
import type { ListTuple, PricesRow, SpanTuple } from './read-prices.ts';

const NO_ROWS: readonly PriceRow[] = [];
const NUMBERS_PER_PRICE = 6;

/** Decodes the context of an answer. */
export function decodeContext(row: PricesRow, { channel, region, buyer }: PriceScope): PricingContext {
  return {
    channel,
    currency: row.currency,
    country: row.country,
    region,
    buyer,
    isSold: row.is_sold,
    asOf: row.as_of,
    now: new Date(Math.floor(Number(row.as_of) / 1000)),
    isExempt: row.is_exempt === true,
    assignedList: row.assigned_list,
  };
}

/** Decodes the lists that may price each variant; a variant that no list or list above it holds anything for is left out. @param variantIds as asked for */
export function decodeCandidates(row: PricesRow, variantIds: readonly string[]): Map<string, Candidate[]> {
  const byVariant = new Map<string, Candidate[]>();
  if (row.lists === null || row.prices === null) return byVariant;
  const tuples = JSON.parse(row.lists) as ListTuple[];
  const lists = tuples.map(toList);
  const rows = decodeRows(JSON.parse(row.prices) as number[], lists.length, variantIds.length);
  const placeOf = new Map(lists.map((list, place) => [list.id, place]));
  const fitting = tuples.flatMap((tuple, place) => {
    if (!tuple[15]) return [];
    const places = tuple[14].map((id) => placeOf.get(id)!);
    return [{ list: lists[place]!, chain: places.map((at) => lists[at]!), rows: places.map((at) => rows[at]!) }];
  });
  for (let at = 0; at < variantIds.length; at += 1) {
    const candidates: Candidate[] = [];
    for (const { list, chain, rows: ofChain } of fitting) {
      if (ofChain.every((ofList) => ofList[at] === undefined)) continue;
      candidates.push({ list, chain, rowsOfChain: ofChain.map((ofList) => ofList[at] ?? NO_ROWS) });
    }
    if (candidates.length > 0) byVariant.set(variantIds[at]!, candidates);
  }
  return byVariant;
}

/** Rows by list and variant, each by quantity ascending; nothing where a list holds none. */
function decodeRows(flat: readonly number[], listCount: number, variantCount: number): (PriceRow[] | undefined)[][] {
  const rows = Array.from(
    { length: listCount },
    (): (PriceRow[] | undefined)[] => new Array<PriceRow[] | undefined>(variantCount),
  );
  for (let from = 0; from < flat.length; from += NUMBERS_PER_PRICE) {
    const compareAt = flat[from + 5]!;
    const price = {
      minQuantity: flat[from + 2]!,
      amount: { minor: flat[from + 3]!, micros: flat[from + 4]! },
      compareAtMinor: compareAt < 0 ? null : compareAt,
    };
    const ofList = rows[flat[from]! - 1]!;
    const at = flat[from + 1]! - 1;
    const tiers = ofList[at];
    if (tiers) insertTier(tiers, price);
    else ofList[at] = [price];
  }
  return rows;
}

/** Rows mostly come in the order of their key. */
function insertTier(tiers: PriceRow[], price: PriceRow): void {
  let at = tiers.length;
  while (at > 0 && tiers[at - 1]!.minQuantity > price.minQuantity) at -= 1;
  tiers.splice(at, 0, price);
}

/** Decodes what is known of variants. @param ancestorsOf a category with all above it */
export function decodeFacts(
  row: PricesRow,
  variantIds: readonly string[],
  ancestorsOf: (categoryId: string) => readonly string[],
): Map<string, VariantFacts> {
  const facts = new Map<string, VariantFacts>();
  if (row.variants === null) return facts;
  const products = new Map<string, { readonly categoryIds: readonly string[]; readonly labels: readonly string[] }>();
  for (const [id, own, labels] of JSON.parse(row.products ?? '[]') as [string, string[], string[]][]) {
    const [first] = own;
    const categoryIds = own.length === 1 ? ancestorsOf(first!) : [...new Set(own.flatMap(ancestorsOf))];
    products.set(id, { categoryIds, labels });
  }
  for (const [place, productId, taxCategory, weightGrams] of JSON.parse(row.variants) as VariantTuple[]) {
    const { categoryIds, labels } = products.get(productId)!;
    facts.set(variantIds[place - 1]!, { productId, categoryIds, labels, taxCategory, weightGrams });
  }
  return facts;
}

type VariantTuple = [place: number, productId: string, taxCategory: string, weightGrams: number | null];

/** Decodes the rates of the country that may hold in the scope. */
export function decodeTaxes({ country, tax_rates: rates, tax_rounding: rounding }: PricesRow): TaxTable {
  const tuples = JSON.parse(rates ?? '[]') as [string, string, number][];
  return {
    rates: tuples.map(([region, taxCategory, basisPoints]) => ({ country, region, taxCategory, basisPoints })),
    rounding: rounding === 'UNIT' ? 'UNIT' : 'LINE',
  };
}

function toList(tuple: ListTuple): PriceList {
  const [id, code, name, scope, subject, channel, currency, taxIncluded, revision, version, activity, validity] = tuple;
  const [parentId, rule] = [tuple[12], tuple[13] as Omit<Derivation, 'parentId'> | null];
  return {
    id,
    code,
    name,
    scope: scope as PriceListScope,
    subject,
    channel,
    currency,
    taxIncluded,
    revision,
    version,
    activity: toSpan(activity),
    validity: toSpan(validity),
    derivation: parentId !== null && rule ? { parentId, ...rule } : null,
  };
}

const toSpan = (tuple: SpanTuple | null): Span | null => tuple && { from: toDate(tuple[0]), until: toDate(tuple[1]) };

const toDate = (micros: number | null): Date | null => (micros === null ? null : new Date(Math.floor(micros / 1000)));
