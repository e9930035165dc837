import type { Database } from '@kontor/kit/src/database.ts';
import { readEngine } from './data/reading/read-engine.ts';
import { createCategoryTree } from './domain/category-tree.ts';
import type { Engine, EngineCache } from './domain/engine.ts';
import { compilePromotions } from './domain/promotions/compile-promotions.ts';

interface Kept {
  readonly engine: Engine;
  readonly treeMark: string;
}

/**
 * Keeps the engine of the newest revision, and that of the one before for requests that are under way. It is read again, once for all who wait, when a
 * revision is asked for that is newer: time alone never makes it wrong.
 */
export function createEngineCache({ sql }: Pick<Database, 'sql'>): EngineCache {
  let newest: Kept | null = null;
  let former: Kept | null = null;
  let reading: Promise<Kept> | null = null;

  async function read(): Promise<Kept> {
    const state = await readEngine(sql, newest && newest.treeMark);
    const ancestorsOf = state.parents ? createCategoryTree(state.parents) : newest!.engine.ancestorsOf;
    const { revision, shippingOptions, feeSchedules, treeMark } = state;
    const promotions = compilePromotions(state.promotions);
    const kept = { engine: { revision, promotions, shippingOptions, feeSchedules, ancestorsOf }, treeMark };
    if (newest && newest.engine.revision < revision) former = newest;
    newest = kept;
    return kept;
  }

  return {
    async at(revision) {
      const known = (): Engine | null => {
        for (const kept of [newest, former]) if (kept?.engine.revision === revision) return kept.engine;
        return newest && newest.engine.revision > revision ? newest.engine : null;
      };
      // What is being read already may be older than what is asked for: then once more.
      for (let reads = 0; reads < 2; reads += 1) {
        const engine = known();
        if (engine) return engine;
        reading ??= read().finally(() => (reading = null));
        await reading;
      }
      return known() ?? newest!.engine;
    },
  };
}
