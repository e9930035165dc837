/** What a unit measures. Values convert between units of one dimension only. */
export type Dimension =
  | 'mass'
  | 'length'
  | 'area'
  | 'volume'
  | 'time'
  | 'power'
  | 'energy'
  | 'voltage'
  | 'current'
  | 'capacity'
  | 'frequency'
  | 'pressure'
  | 'temperature'
  | 'data';

/** A unit as an exact fraction of its dimension's base unit: base = value × numerator ÷ denominator + offset. */
interface Unit {
  readonly dimension: Dimension;
  readonly numerator: bigint;
  readonly denominator: bigint;
  /** In hundredths of the base unit times `denominator`; only temperatures have one. */
  readonly offset: bigint;
}

const unit = (dimension: Dimension, numerator: bigint, denominator = 1n, offset = 0n): Unit => ({
  dimension,
  numerator,
  denominator,
  offset,
});

/**
 * The units, by the symbol under which values name them. The customary ones are those of the United States, exact by definition: the
 * international yard and pound of 1959 (NIST Special Publication 811, appendix B), the gallon of 231 cubic inches.
 */
const UNITS: ReadonlyMap<string, Unit> = new Map([
  ['mg', unit('mass', 1n)],
  ['g', unit('mass', 1_000n)],
  ['kg', unit('mass', 1_000_000n)],
  ['t', unit('mass', 1_000_000_000n)],
  ['oz', unit('mass', 28_349_523_125n, 1_000_000n)],
  ['lb', unit('mass', 45_359_237n, 100n)],

  ['mm', unit('length', 1n)],
  ['cm', unit('length', 10n)],
  ['m', unit('length', 1_000n)],
  ['km', unit('length', 1_000_000n)],
  ['in', unit('length', 254n, 10n)],
  ['ft', unit('length', 3_048n, 10n)],
  ['yd', unit('length', 9_144n, 10n)],

  ['mm2', unit('area', 1n)],
  ['cm2', unit('area', 100n)],
  ['m2', unit('area', 1_000_000n)],
  ['in2', unit('area', 64_516n, 100n)],
  ['ft2', unit('area', 9_290_304n, 100n)],

  ['ml', unit('volume', 1n)],
  ['cl', unit('volume', 10n)],
  ['l', unit('volume', 1_000n)],
  ['m3', unit('volume', 1_000_000n)],
  ['fl_oz', unit('volume', 295_735_295_625n, 10_000_000_000n)],
  ['gal', unit('volume', 3_785_411_784n, 1_000_000n)],

  ['ms', unit('time', 1n)],
  ['s', unit('time', 1_000n)],
  ['min', unit('time', 60_000n)],
  ['h', unit('time', 3_600_000n)],
  ['d', unit('time', 86_400_000n)],

  ['mW', unit('power', 1n)],
  ['W', unit('power', 1_000n)],
  ['kW', unit('power', 1_000_000n)],

  ['J', unit('energy', 1n)],
  ['kJ', unit('energy', 1_000n)],
  ['Wh', unit('energy', 3_600n)],
  ['kWh', unit('energy', 3_600_000n)],
  ['kcal', unit('energy', 4_184n)],

  ['mV', unit('voltage', 1n)],
  ['V', unit('voltage', 1_000n)],
  ['kV', unit('voltage', 1_000_000n)],

  ['mA', unit('current', 1n)],
  ['A', unit('current', 1_000n)],

  ['mAh', unit('capacity', 1n)],
  ['Ah', unit('capacity', 1_000n)],

  ['Hz', unit('frequency', 1n)],
  ['kHz', unit('frequency', 1_000n)],
  ['MHz', unit('frequency', 1_000_000n)],
  ['GHz', unit('frequency', 1_000_000_000n)],

  ['Pa', unit('pressure', 1n)],
  ['kPa', unit('pressure', 1_000n)],
  ['bar', unit('pressure', 100_000n)],
  ['psi', unit('pressure', 44_482_216_152_605n, 6_451_600_000n)],

  ['K', unit('temperature', 1n)],
  ['°C', unit('temperature', 1n, 1n, 27_315n)],
  // K = °F × 5/9 + 459.67 × 5/9.
  ['°F', unit('temperature', 5n, 9n, 229_835n)],

  ['B', unit('data', 1n)],
  ['kB', unit('data', 1_000n)],
  ['MB', unit('data', 1_000_000n)],
  ['GB', unit('data', 1_000_000_000n)],
  ['TB', unit('data', 1_000_000_000_000n)],
]);

/** What the unit measures; null for a text that names none. */
export const dimensionOf = (symbol: string): Dimension | null => UNITS.get(symbol)?.dimension ?? null;

/** The symbols of all units of a dimension. */
export const unitsOf = (dimension: Dimension): string[] =>
  Array.from(UNITS).flatMap(([symbol, each]) => (each.dimension === dimension ? [symbol] : []));

/** A fraction of two whole numbers; the denominator is positive. */
interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Digits that decide which number is nearest, more than twice as many as a number has. */
const DIGITS = 40;
/** Every decimal of so many digits is told from its neighbours by a number. */
const KEPT_DIGITS = 15;

/**
 * A finite value in another unit of the same dimension. The decimals that are written are what is converted, exactly, and the result is
 * rounded once, to the nearest number; to the decimal of 15 digits beside it when that is indistinguishable, because it converts back
 * to the value. So 1 lb is 453.59237 g, and a value of at most 15 digits that went to another unit comes back as it was; of
 * temperatures, the decimals that 15 digits leave behind those of the absolute temperature.
 * @throws RangeError when the units are not of one dimension
 */
export function convertMeasure(value: number, from: string, to: string): number {
  const source = UNITS.get(from);
  const target = UNITS.get(to);
  if (!source || source.dimension !== target?.dimension) throw new RangeError(`${from} does not convert to ${to}`);
  if (from === to) return value;
  const nearest = convert(value, source, target);
  const decimal = roundedLike(nearest, source.offset === target.offset ? nearest : absolute(value, source));
  return convert(decimal, target, source) === value ? decimal : nearest;
}

/** The number that is nearest to a value in another unit. */
function convert(value: number, source: Unit, target: Unit): number {
  const base = add(multiply(toFraction(value), source), offsetOf(source));
  const difference = add(base, negative(offsetOf(target)));
  return toNumber(multiply(difference, { numerator: target.denominator, denominator: target.numerator }));
}

/** A value in the base unit of its dimension. */
const absolute = (value: number, unit: Unit): number =>
  toNumber(add(multiply(toFraction(value), unit), offsetOf(unit)));

/** A number with as many decimals as 15 digits leave to the larger of it and another. */
function roundedLike(number: number, other: number): number {
  if (Math.abs(other) <= Math.abs(number)) return Number(number.toPrecision(KEPT_DIGITS));
  const decimals = KEPT_DIGITS - 1 - Math.floor(Math.log10(Math.abs(other)));
  return Number(number.toFixed(Math.min(100, Math.max(0, decimals))));
}

const offsetOf = ({ offset, denominator }: Unit): Fraction => ({ numerator: offset, denominator: 100n * denominator });

const multiply = (one: Fraction, other: Fraction): Fraction => ({
  numerator: one.numerator * other.numerator,
  denominator: one.denominator * other.denominator,
});

const add = (one: Fraction, other: Fraction): Fraction => ({
  numerator: one.numerator * other.denominator + other.numerator * one.denominator,
  denominator: one.denominator * other.denominator,
});

const negative = ({ numerator, denominator }: Fraction): Fraction => ({ numerator: -numerator, denominator });

/** The decimal that a number is written as. */
function toFraction(value: number): Fraction {
  const [mantissa, exponent] = value.toExponential().split('e');
  const [whole, decimals = ''] = mantissa!.split('.');
  const digits = BigInt(whole! + decimals);
  const power = Number(exponent) - decimals.length;
  return power >= 0
    ? { numerator: digits * 10n ** BigInt(power), denominator: 1n }
    : { numerator: digits, denominator: 10n ** BigInt(-power) };
}

/** The number that is nearest to a fraction. */
function toNumber({ numerator, denominator }: Fraction): number {
  // As many digits behind the point as leave `DIGITS` of the quotient.
  const places = DIGITS + denominator.toString().length - numerator.toString().length;
  const scaled =
    places >= 0
      ? (numerator * 10n ** BigInt(places)) / denominator
      : numerator / (denominator * 10n ** BigInt(-places));
  return Number(`${scaled}e${-places}`);
}
