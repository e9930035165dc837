import type { FeedFieldsInput } from '../domain/editing/inputs.ts';
import { cleanLine } from '../domain/text.ts';
import type { TableRow } from './delimited-rows.ts';
import { CUSTOM_LABEL_COLUMNS, CUSTOM_PRODUCT_COLUMN, FEED_COLUMNS } from './shopify-columns.ts';

/** The columns of feeds; a file with none of them leaves the fields as they are. */
export const hasFeedColumns: readonly string[] = [
  ...Object.values(FEED_COLUMNS),
  CUSTOM_PRODUCT_COLUMN,
  ...CUSTOM_LABEL_COLUMNS,
];

const TEXT_FIELDS = Object.entries(FEED_COLUMNS) as [keyof typeof FEED_COLUMNS, string][];

/** What feeds need of a product, from its first row. @param note says what was left out. */
export function readFeedFields(row: TableRow, note: (column: string, reason: string) => void): FeedFieldsInput {
  const texts = Object.fromEntries(TEXT_FIELDS.map(([field, column]) => [field, cleanLine(row.cell(column)) || null]));
  const custom = row.cell(CUSTOM_PRODUCT_COLUMN);
  if (custom !== '' && !/^(true|false)$/i.test(custom))
    note(CUSTOM_PRODUCT_COLUMN, `"${custom.slice(0, 40)}" is neither true nor false: left out.`);
  return { ...texts, customProduct: readBoolean(custom), customLabels: readLabels(row) };
}

/** What a variant's row says otherwise than the product's first row; undefined when it says nothing of its own. */
export function readFeedOverrides(row: TableRow, ofProduct: FeedFieldsInput): FeedFieldsInput | undefined {
  const own: Record<string, unknown> = {};
  for (const [field, column] of TEXT_FIELDS) {
    const text = cleanLine(row.cell(column));
    if (text !== '' && text !== ofProduct[field]) own[field] = text;
  }
  const custom = readBoolean(row.cell(CUSTOM_PRODUCT_COLUMN));
  if (custom !== null && custom !== ofProduct.customProduct) own['customProduct'] = custom;
  const labels = readLabels(row);
  if (labels !== null && JSON.stringify(labels) !== JSON.stringify(ofProduct.customLabels))
    own['customLabels'] = labels;
  return Object.keys(own).length === 0 ? undefined : own;
}

const readBoolean = (text: string): boolean | null =>
  /^true$/i.test(text) ? true : /^false$/i.test(text) ? false : null;

/** Labels 0 to 4 without the empty ones at the end; null when there is none. */
function readLabels(row: TableRow): string[] | null {
  const labels = CUSTOM_LABEL_COLUMNS.map((column) => cleanLine(row.cell(column)));
  const count = labels.findLastIndex((label) => label !== '') + 1;
  return count === 0 ? null : labels.slice(0, count);
}
