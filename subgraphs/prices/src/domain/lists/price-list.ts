import type { PreciseAmount } from '../precise-amount.ts';

/** For whom a price list is meant. `ASSIGNED`: for company locations that name it. `SOURCE`: for nobody; others derive from it, as from costs. */
export type PriceListScope = 'BASE' | 'CHANNEL' | 'GROUP' | 'COMPANY' | 'LOCATION' | 'ASSIGNED' | 'CUSTOMER' | 'SOURCE';

/** A span of time, from inclusive, until exclusive; null is without an end on that side. */
export interface Span {
  readonly from: Date | null;
  readonly until: Date | null;
}

/** A set of prices in one currency for one scope. */
export interface PriceList {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly scope: PriceListScope;
  /** The group's code, or the id of the company, location or customer; the list's own code with ASSIGNED and SOURCE; null with BASE and CHANNEL. */
  readonly subject: string | null;
  /** The channel it is meant for; null for all. */
  readonly channel: string | null;
  readonly currency: string;
  /** Whether its amounts are gross. */
  readonly taxIncluded: boolean;
  /** Grows with every change of the list, of a price in it, or of one that it derives from. */
  readonly revision: number;
  /** Grows with every change of the list itself: what `expectedVersion` names. */
  readonly version: number;
  /** When it is in force at all: null for a draft; an end when it was archived. */
  readonly activity: Span | null;
  /** The dates it was made for; null when it has none. */
  readonly validity: Span | null;
  /** What its prices are worked out from where it holds none itself. */
  readonly derivation: Derivation | null;
}

/** Prices from those of another list of the same currency. */
export interface Derivation {
  readonly parentId: string;
  readonly adjustment: Adjustment;
  readonly rounding: PriceRounding | null;
}

export type Adjustment =
  /** −10000 to 90000; 1000 is ten percent dearer. */
  | { readonly kind: 'PERCENT'; readonly basisPoints: number }
  /** Minor units, also negative; never below zero. */
  | { readonly kind: 'AMOUNT'; readonly minor: number }
  /**
   * The parent holds net costs: the lowest price that leaves this share of the net price after the marketplace's fees, whose brackets are copied
   * into what the reader gets. `taxBasisPoints` is the tax that the price contains when the list's amounts are gross.
   */
  | {
      readonly kind: 'MARGIN';
      readonly basisPoints: number;
      readonly taxBasisPoints: number;
      readonly feeSchedule: string;
    };

/** A bracket of a marketplace's fees, by the gross price that the buyer pays. */
export interface FeeBracket {
  readonly fromMinor: number;
  /** Of the gross price. */
  readonly basisPoints: number;
  readonly fixedMinor: number;
  readonly minimumMinor: number;
}

/** To amounts that end as the merchant wants: 100/99 is x.99, 1000/900 is x9.00 of a hundred; 100/0 whole units. */
export interface PriceRounding {
  readonly mode: 'UP' | 'DOWN' | 'NEAREST';
  readonly stepMinor: number;
  readonly endingMinor: number;
}

/** A price that a list itself holds for a variant from a quantity on. */
export interface PriceRow {
  readonly minQuantity: number;
  readonly amount: PreciseAmount;
  readonly compareAtMinor: number | null;
}

/** A list that may price a variant, with what it and those above it hold for the variant, nearest first: `rowsOfChain[0]` is its own, by quantity ascending. */
export interface Candidate {
  readonly list: PriceList;
  /** Of the list and each it derives from; the same length as `rowsOfChain`. */
  readonly chain: readonly PriceList[];
  readonly rowsOfChain: readonly (readonly PriceRow[])[];
}

/** A rule that an input breaks, with the input field that is at fault, outermost first. */
export interface Fault {
  readonly code: string;
  readonly message: string;
  readonly path: string[];
}
