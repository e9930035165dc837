/** What a rule has against an input. */
export interface BrokenRule {
  readonly message: string;
  /** The field at fault within the input, outermost first. */
  readonly path: readonly string[];
}

class RuleBroken extends Error implements BrokenRule {
  readonly path: readonly string[];
  constructor(message: string, path: readonly string[] = []) {
    super(message);
    this.path = path;
  }
}

/** @throws a broken rule, which `orBroken` reads, when it does not hold */
export function rule(holds: boolean, message: string): asserts holds {
  if (!holds) throw new RuleBroken(message);
}

/** A broken rule to throw. */
export const broken = (message: string, path: readonly string[] = []): Error => new RuleBroken(message, path);

/** Does something with a part of an input: a rule that it breaks names that part. */
export function at<Result>(path: readonly string[], work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof RuleBroken) throw new RuleBroken(error.message, [...path, ...error.path]);
    throw error;
  }
}

/** Does something for each of a list: a rule that one breaks names its place. */
export const each = <Item, Result>(items: readonly Item[], work: (item: Item, index: number) => Result): Result[] =>
  items.map((item, index) => at([String(index)], () => work(item, index)));

/** The result of something, or the first rule that it breaks. */
export function orBroken<Result>(work: () => Result): { readonly result: Result } | { readonly broken: BrokenRule } {
  try {
    return { result: work() };
  } catch (error) {
    if (error instanceof RuleBroken) return { broken: { message: error.message, path: error.path } };
    throw error;
  }
}

/** The message of a broken rule; throws on what is none. */
export function ruleReason(error: unknown): string {
  if (error instanceof RuleBroken) return error.message;
  throw error;
}
