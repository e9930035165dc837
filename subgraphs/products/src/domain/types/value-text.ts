import { plainText } from '../text.ts';
import type { AttributeDefinition, AttributeScalar } from './attribute-definition.ts';
import { labelIn } from './label.ts';
import { yesOrNo } from './yes-and-no.ts';

/** What rich text is shortened to, in characters. */
const SHORT_TEXT = 1_024;
/** Decimals that people care for in a measure of at least one, and digits in a smaller one. */
const MEASURE_DECIMALS = 3;
const MEASURE_DIGITS = 4;
/** All that a number can have. */
const ALL_DECIMALS = 20;

/** How units are written where their symbol is not what people write. */
const WRITTEN: ReadonlyMap<string, string> = new Map([
  ['fl_oz', 'fl oz'],
  ['mm2', 'mm²'],
  ['cm2', 'cm²'],
  ['m2', 'm²'],
  ['in2', 'in²'],
  ['ft2', 'ft²'],
  ['m3', 'm³'],
]);

/** One value for people, in the first language of a chain that is known; English when none is. References are written by who knows their names. */
export function valueText(definition: AttributeDefinition, value: AttributeScalar, chain: readonly string[]): string {
  switch (definition.kind) {
    case 'BOOLEAN':
      return yesOrNo(value === true, chain);
    case 'NUMBER':
      return numberText(Number(value), chain, { maximumFractionDigits: ALL_DECIMALS });
    case 'MEASURE':
      return `${measureText(Number(value), chain)} ${WRITTEN.get(definition.unit ?? '') ?? definition.unit ?? ''}`;
    case 'DATE':
      return formatOf(
        'date',
        chain,
        (locales) => new Intl.DateTimeFormat(locales, { dateStyle: 'long', timeZone: 'UTC' }),
      ).format(new Date(`${String(value)}T00:00:00Z`));
    case 'ENUM': {
      const option = definition.options.find(({ code }) => code === value);
      return option ? labelIn(option.labels, chain, option.code) : String(value);
    }
    case 'RICH_TEXT':
      return plainText(String(value), SHORT_TEXT);
    case 'TEXT':
    case 'REFERENCE':
      return String(value);
  }
}

const measureText = (value: number, chain: readonly string[]): string =>
  Math.abs(value) >= 1
    ? numberText(value, chain, { maximumFractionDigits: MEASURE_DECIMALS })
    : numberText(value, chain, { maximumSignificantDigits: MEASURE_DIGITS });

const numberText = (value: number, chain: readonly string[], options: Intl.NumberFormatOptions): string =>
  formatOf(JSON.stringify(options), chain, (locales) => new Intl.NumberFormat(locales, options)).format(value);

/** Formats are dear to make. Callers choose the languages, so the oldest goes when there are many. */
const MAX_FORMATS = 200;
const formats = new Map<string, unknown>();

function formatOf<Format>(kind: string, chain: readonly string[], make: (locales: string[]) => Format): Format {
  const key = `${kind} ${chain.join()}`;
  const known = formats.get(key);
  if (known !== undefined) return known as Format;
  if (formats.size >= MAX_FORMATS) formats.delete(formats.keys().next().value!);
  // English at the end, because otherwise the language of the server would be.
  const made = make([...chain, 'en']);
  formats.set(key, made);
  return made;
}
