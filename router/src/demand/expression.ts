/** The most that anything can cost: sums and products stop here, so that none overflows and 0 times it is 0. */
export const MOST = Number.MAX_SAFE_INTEGER;

/** One evaluation. */
export interface Frame {
  readonly variables: Readonly<Record<string, unknown>>;
  /** Values of remembered expressions, by their slots. */
  readonly remembered: (number | undefined)[];
}

/** A number that is known when the document is compiled, or one that its variables decide. */
export type Expression = number | ((frame: Frame) => number);
/** The same for what can be unknown. */
export type OptionalExpression = number | undefined | ((frame: Frame) => number | undefined);
export type Condition = boolean | ((frame: Frame) => boolean);

/** The value of an expression. */
export const evaluate = (expression: Expression, frame: Frame): number =>
  typeof expression === 'function' ? expression(frame) : expression;

const saturated = (value: number): number => (value > MOST ? MOST : value);

/** The sum, at most `MOST`. What is known becomes one number. */
export function sum(parts: readonly Expression[]): Expression {
  let known = 0;
  const open: ((frame: Frame) => number)[] = [];
  for (const part of parts)
    if (typeof part === 'function') open.push(part);
    else known = saturated(known + part);
  const [first] = open;
  if (!first) return known;
  if (open.length === 1) return known === 0 ? first : (frame) => saturated(known + first(frame));
  return (frame) => {
    let total = known;
    for (const part of open) total += part(frame);
    return saturated(total);
  };
}

/** The product of two numbers that are not negative, at most `MOST`. */
export function product(a: Expression, b: Expression): Expression {
  if (typeof a === 'number' && typeof b === 'number') return saturated(a * b);
  if (a === 0 || b === 0) return 0;
  if (a === 1) return b;
  if (b === 1) return a;
  return (frame) => saturated(evaluate(a, frame) * evaluate(b, frame));
}

/** The expression, or 0 where it is negative: nobody earns anything by asking for more. */
export function atLeastZero(expression: Expression): Expression {
  if (typeof expression === 'number') return Math.max(0, expression);
  return (frame) => Math.max(0, expression(frame));
}

/** The expression when the condition holds, else 0. */
export function when(condition: Condition, expression: Expression): Expression {
  if (typeof condition === 'boolean') return condition ? expression : 0;
  if (expression === 0) return 0;
  return (frame) => (condition(frame) ? evaluate(expression, frame) : 0);
}

/** Both conditions. */
export function both(a: Condition, b: Condition): Condition {
  if (typeof a === 'boolean') return a && b;
  if (typeof b === 'boolean') return b && a;
  return (frame) => a(frame) && b(frame);
}

/** The largest of the values that are known, else `otherwise`. */
export function largest(sizes: readonly OptionalExpression[], otherwise: number | undefined): OptionalExpression {
  const given = sizes.filter((size) => size !== undefined);
  const read = (frame: Frame) => {
    let most: number | undefined;
    for (const size of given) {
      const value = typeof size === 'function' ? size(frame) : size;
      if (value !== undefined && (most === undefined || value > most)) most = value;
    }
    return most ?? otherwise;
  };
  return given.some((size) => typeof size === 'function') ? read : read({ variables: {}, remembered: [] });
}

/** Takes an unknown value from another expression. */
export function orElse(size: OptionalExpression, otherwise: Expression): Expression {
  if (typeof size === 'number') return size;
  if (size === undefined) return otherwise;
  return (frame) => size(frame) ?? evaluate(otherwise, frame);
}
