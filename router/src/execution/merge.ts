import { copyJson, readField, writeField, type JsonObject } from './json-value.ts';
import type { TypeConditions } from './type-conditions.ts';

/** Merges what a subgraph gave into an object of the tree. */
export interface Merge {
  /**
   * @param keep whether `source` is needed again as it is: what it holds is copied. Otherwise objects and lists of it become
   * part of the tree.
   */
  (target: JsonObject, source: JsonObject, keep: boolean): void;
}

/**
 * Objects merge field by field, lists of the same length item by item; anything else of the source replaces what was there.
 * Two rules keep what another subgraph gave: null never takes the place of a value, and the name of an interface (which a
 * subgraph with an interface object gives) never that of an object type which belongs to it.
 */
export function createMerge({ isVaguer }: TypeConditions): Merge {
  function merge(target: JsonObject, source: JsonObject, keep: boolean): void {
    for (const key in source) {
      const value = source[key];
      if (typeof value === 'object') mergeValue(target, key, value, keep);
      else if (key === '__typename') mergeTypename(target, value);
      else if (value !== undefined) writeField(target, key, value);
    }
  }

  function mergeValue(target: JsonObject, key: string, value: object | null, keep: boolean): void {
    const existing = readField(target, key);
    if (existing === undefined || existing === null) writeField(target, key, keep ? copyJson(value) : value);
    else if (value !== null && !mergeInto(existing, value, keep))
      writeField(target, key, keep ? copyJson(value) : value);
  }

  /** @returns whether the two can be merged. */
  function mergeInto(existing: unknown, value: object, keep: boolean): boolean {
    if (typeof existing !== 'object' || existing === null) return false;
    if (Array.isArray(value)) {
      if (!Array.isArray(existing) || existing.length !== value.length) return false;
      mergeLists(existing, value, keep);
      return true;
    }
    if (Array.isArray(existing)) return false;
    merge(existing as JsonObject, value as JsonObject, keep);
    return true;
  }

  function mergeLists(target: unknown[], source: readonly unknown[], keep: boolean): void {
    for (let i = 0; i < source.length; i++) {
      const value = source[i];
      const existing = target[i];
      if (value === null || value === undefined) target[i] ??= null;
      else if (typeof value !== 'object') target[i] = value;
      else if (!mergeInto(existing, value, keep)) target[i] = keep ? copyJson(value) : value;
    }
  }

  function mergeTypename(target: JsonObject, value: unknown): void {
    const existing = target['__typename'];
    if (typeof existing === 'string' && typeof value === 'string' && isVaguer(value, existing)) return;
    target['__typename'] = value;
  }

  return merge;
}
