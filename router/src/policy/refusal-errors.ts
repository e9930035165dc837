import type { GraphQLFormattedError } from 'graphql';
import type { Refusal } from './find-refusals.ts';

/**
 * The errors that stand beside the data for what was refused, each once, in the order of the text. `path` ends at the first list;
 * `extensions.path` holds all response keys to the field.
 * @param coerced variables with defaults: what they leave out of the operation was not refused.
 */
export function refusalErrors(
  refused: readonly Refusal[],
  coerced: Readonly<Record<string, unknown>>,
): GraphQLFormattedError[] {
  const told = new Set<string>();
  const errors: GraphQLFormattedError[] = [];
  for (const { coordinate, path, selection, code, scope, message, conditions } of refused) {
    const place = `${coordinate} ${selection.join('.')}`;
    const selected = conditions.every(
      ({ variable, value }) => Object.hasOwn(coerced, variable) && coerced[variable] === value,
    );
    if (!selected || told.has(place)) continue;
    told.add(place);
    errors.push({
      message,
      path,
      extensions: { code, ...(scope === undefined ? {} : { scope }), coordinate, path: selection },
    });
  }
  return errors;
}
