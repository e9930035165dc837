/** A row of a table with its line end, as RFC 4180 has it: cells that need it in quotes, quotes in them twice. */
export const writeRow = (cells: readonly string[], format: 'shopify' | 'google'): string =>
  `${cells.map(format === 'google' ? tabCell : commaCell).join(format === 'google' ? '\t' : ',')}\n`;

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const commaCell = (text: string) => (/[",\n\r]/.test(text) ? quoted(text) : text);
/** A quote within a cell stands for itself there; one at its beginning would open a quoted cell. */
const tabCell = (text: string) => (/[\t\n\r]|^\s*"/.test(text) ? quoted(text) : text);
