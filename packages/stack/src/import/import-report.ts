/** A row, or a part of one, that was not taken as it stood. */
export interface ReportLine {
  readonly line: number;
  readonly handle: string;
  /** `rejected`: the row was left out. `note`: it was kept, and this was changed or noticed. */
  readonly kind: 'rejected' | 'note';
  readonly column: string;
  readonly reason: string;
}

/** What became of the rows of a file, from its beginning, also over several runs. */
export interface ImportCounts {
  created: number;
  updated: number;
  unchanged: number;
  rejected: number;
  variants: number;
  pricesChanged: number;
  levelsChanged: number;
  /** Variants that are or are no more sold when there is none. */
  sellingPoliciesChanged: number;
  rejectedLines: number;
  notes: number;
}

export const noCounts = (): ImportCounts => ({
  created: 0,
  updated: 0,
  unchanged: 0,
  rejected: 0,
  variants: 0,
  pricesChanged: 0,
  levelsChanged: 0,
  sellingPoliciesChanged: 0,
  rejectedLines: 0,
  notes: 0,
});

/** The sum of two. */
export const addCounts = (left: ImportCounts, right: ImportCounts): ImportCounts =>
  Object.fromEntries(
    (Object.keys(left) as (keyof ImportCounts)[]).map((name) => [name, left[name] + right[name]]),
  ) as unknown as ImportCounts;

/** Counts as an earlier run noted them; what it did not note is 0. */
export function readCounts(noted: Readonly<Record<string, unknown>>): ImportCounts {
  const counts = noCounts();
  for (const name of Object.keys(counts) as (keyof ImportCounts)[])
    if (Number.isSafeInteger(noted[name])) counts[name] = noted[name] as number;
  return counts;
}

/** What a batch came to: its counts, and what is said of its rows. */
export interface BatchOutcome {
  readonly counts: ImportCounts;
  readonly lines: readonly ReportLine[];
  /** The rows that were left out, as they are written into the file of rejected rows. */
  readonly rejectedText: string;
}
