import type { Money } from '@kontor/kit/src/money.ts';

/** Days until an invoice is due that a company may have. */
export const TERMS_DAYS = [0, 15, 30, 60] as const;

/** Where goods and bills of a location go. */
export interface CompanyAddress {
  readonly recipient: string | null;
  readonly street: string | null;
  readonly street2: string | null;
  readonly city: string | null;
  readonly province: string | null;
  readonly postalCode: string | null;
  readonly country: string;
}

/** That a location pays no tax in a country. */
export interface TaxExemption {
  readonly country: string;
  readonly number: string;
  /** As PostgreSQL or ISO 8601 write an instant; null when it does not end. */
  readonly validUntil: string | null;
}

/** What a location of a company becomes; its credit limit is in its account. */
export interface LocationValues {
  readonly name: string;
  readonly externalReference: string | null;
  readonly address: CompanyAddress;
  /** The list that prices keeps for it. */
  readonly priceListCode: string | null;
  /** What it pays in. */
  readonly currency: string;
  readonly taxExemption: TaxExemption | null;
  /** Days that an invoice may be open; null when it does not buy on account. */
  readonly termsDays: number | null;
  readonly defaultChannel: string | null;
}

/** A place that a company buys for. */
export interface CompanyLocation extends LocationValues {
  readonly id: string;
  readonly companyId: string;
  /** Grows with every change. */
  readonly version: number;
}

/** A change of a location: absent fields stay. */
export type LocationChange = { readonly [Field in keyof LocationValues]?: LocationValues[Field] | undefined } & {
  readonly creditLimit?: Money | null | undefined;
};
