export const COMPANY_STATUSES = ['ACTIVE', 'BLOCKED'] as const;
export type CompanyStatus = (typeof COMPANY_STATUSES)[number];

/** Levels of a tree of companies, the top included. Whoever walks it stops there. */
export const MAX_TREE_LEVELS = 8;

/** An organisation that buys. */
export interface Company {
  readonly id: string;
  readonly name: string;
  readonly taxId: string | null;
  readonly parentId: string | null;
  /** Its id in the system that it comes from. */
  readonly externalReference: string | null;
  /** A blocked company buys nothing on account and gets nothing approved. */
  readonly status: CompanyStatus;
  /** An IANA zone: its budgets begin and its invoices fall due by it. */
  readonly timeZone: string;
  /** Grows with every change. */
  readonly version: number;
}

/** The payload of `customers.company.changed`. */
export const companyChanged = ({ id, version }: Pick<Company, 'id' | 'version'>) => ({
  topic: 'customers.company.changed',
  key: id,
  payload: { companyId: id, version },
});

const ZONES = new Set([...Intl.supportedValuesOf('timeZone'), 'UTC']);

/** Whether a text names a zone of the IANA database. Offsets such as `+01:00` are none: summer time would be wrong. */
export const isTimeZone = (text: string): boolean => ZONES.has(text);
