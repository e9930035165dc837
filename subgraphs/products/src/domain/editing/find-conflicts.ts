import { sameJson } from './key-order.ts';
import type { ProductFieldValues } from './product-fields.ts';

/** A revision with its fields and who made it. */
interface SeenRevision {
  readonly fields: ProductFieldValues;
  readonly changedAt: string;
  readonly changedBy: string;
}

/** A field that two editors changed. */
export interface FieldConflict {
  readonly field: string;
  readonly base: unknown;
  readonly current: unknown;
  readonly yours: unknown;
  /** Null when that is not kept any more. */
  readonly changedAt: string | null;
  readonly changedBy: string | null;
}

const MAX_CONFLICTS = 100;

const valueIn = (fields: ProductFieldValues, field: string): unknown => fields.get(field) ?? null;

/**
 * The fields that an edit would change and that somebody else has changed since the version that its author saw; at most 100, in order of
 * their names. When that version is not kept any more, all that it would change.
 * @param revisions from the newest to the one that was seen, each the version before the other; the last may be missing.
 */
export function findConflicts(
  current: ProductFieldValues,
  yours: ProductFieldValues,
  base: ProductFieldValues | null,
  revisions: readonly SeenRevision[],
): FieldConflict[] {
  const differs = (one: ProductFieldValues, other: ProductFieldValues, field: string) =>
    !sameJson(valueIn(one, field), valueIn(other, field));
  return [...new Set([...current.keys(), ...yours.keys()])]
    .filter((field) => differs(yours, current, field) && (base === null || differs(base, current, field)))
    .sort()
    .slice(0, MAX_CONFLICTS)
    .map((field) => {
      const by = revisions.find((revision, index) => {
        const before = revisions[index + 1];
        return before !== undefined && differs(revision.fields, before.fields, field);
      });
      return {
        field,
        base: base === null ? null : valueIn(base, field),
        current: valueIn(current, field),
        yours: valueIn(yours, field),
        changedAt: by?.changedAt ?? null,
        changedBy: by?.changedBy ?? null,
      };
    });
}
