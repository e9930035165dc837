import type { GraphQLFormattedError } from 'graphql';
import type { CorrectedPlan } from './correct-plan.ts';

interface Outcome {
  readonly data: Record<string, unknown>;
  readonly errors: GraphQLFormattedError[];
}

/**
 * Gives the outcome of a corrected plan the response keys of the client. Changes the data in place, all of it once: a
 * value that stands in several places is changed for all of them. Nothing may read keys or required fields from it any more.
 *
 * @returns the same outcome when the plan has the client's response keys.
 */
export function restoreResponseKeys<T extends Outcome>(plan: CorrectedPlan, outcome: T): T {
  const { responseKeys, hiddenKeys } = plan;
  if (responseKeys) renameKeys(outcome.data, responseKeys);
  if ((!responseKeys && !hiddenKeys) || outcome.errors.length === 0) return outcome;
  const names = new Map(Object.entries({ ...hiddenKeys, ...responseKeys }));
  const errors = outcome.errors.map((error) =>
    error.path?.some((key) => names.has(String(key)))
      ? { ...error, path: error.path.map((key) => names.get(String(key)) ?? key) }
      : error,
  );
  return { ...outcome, errors };
}

function renameKeys(data: object, names: Readonly<Record<string, string>>): void {
  const pairs = Object.entries(names);
  const seen = new Set<object>();
  // A list of what is left, not recursion: a subgraph decides how deep its data are.
  const left: object[] = [data];
  for (let value = left.pop(); value; value = left.pop()) {
    if (seen.has(value)) continue;
    seen.add(value);
    for (const child of Object.values(value))
      if (typeof child === 'object' && child !== null) left.push(child as object);
    if (!Array.isArray(value)) renameOwn(value as Record<string, unknown>, pairs);
  }
}

function renameOwn(value: Record<string, unknown>, pairs: readonly (readonly [string, string])[]): void {
  for (const [key, name] of pairs) {
    if (!Object.hasOwn(value, key)) continue;
    value[name] = value[key];
    delete value[key];
  }
}
