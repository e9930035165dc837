/** The invented brands that the merchant carries, with the prefix of their SKUs. */
export const VENDORS = {
  Fjellhavn: 'FJH',
  Tarnwick: 'TAR',
  'Halden Mill': 'HAL',
  Karrenfeld: 'KAR',
  Moorhen: 'MOO',
  'Oberland & Sohn': 'OBS',
  'Kessel & Kind': 'KUK',
  Saltholm: 'SAL',
  'Lyktan Works': 'LYK',
  'Trelleck Tool Co.': 'TRE',
  Passagen: 'PAS',
  'Loft & Linden': 'LOF',
} as const;

export type Vendor = keyof typeof VENDORS;

/** A product as a merchandiser writes it down. */
export interface ProductRow {
  /** Four digits, never given twice: SKUs and barcodes are made from it, so that new rows do not change old ones. */
  readonly article: number;
  readonly title: string;
  readonly vendor: Vendor;
  readonly type: string;
  readonly tags: readonly string[];
  readonly html: string;
  /** Values by option name, at most three names; every combination is a variant. None: one variant without options. */
  readonly options?: Readonly<Record<string, readonly string[]>>;
  /** German shelf price with tax, in cents, of the variants to which `differs` adds nothing. */
  readonly eurMinor: number;
  /** The former price in cents, when it is reduced. */
  readonly wasMinor?: number;
  /** Shipping weight in grams of the first variant. */
  readonly grams: number;
  /** Added per further value of the first option: sizes get heavier. */
  readonly stepGrams?: number;
  /** Cents that an option value adds. */
  readonly differs?: Readonly<Record<string, number>>;
}

/** Products by handle, in the order in which they are shown. */
export type ProductRows = Readonly<Record<string, ProductRow>>;

export const UNISEX_SIZES = ['S', 'M', 'L', 'XL'] as const;
export const WOMENS_SIZES = ['XS', 'S', 'M', 'L'] as const;
