import type { OperationVariant } from './known-operation.ts';
import type { WrittenData } from './router-engine.ts';

/** Different requests that are under way of one operation; more are executed on their own. */
const UNDER_WAY = 1_000;

/** Whole requests that are executed once for all who ask them at one moment. */
export interface RequestSharing {
  /**
   * Joins the execution that is under way, or begins one.
   * @param key what tells two requests of one variant apart: who asks, and with which variables.
   */
  written(variant: OperationVariant, key: string, execute: () => Promise<WrittenData>): Promise<WrittenData>;
}

/** Shares queries of callers whom nothing tells apart: the answer is not kept, so that it is never older than the request. */
export function createRequestSharing(): RequestSharing {
  const underWay = new WeakMap<OperationVariant, Map<string, Promise<WrittenData>>>();
  return {
    written(variant, key, execute) {
      let requests = underWay.get(variant);
      if (!requests) underWay.set(variant, (requests = new Map<string, Promise<WrittenData>>()));
      const known = requests.get(key);
      if (known) return known;
      if (requests.size >= UNDER_WAY) return execute();
      const executing = execute().finally(() => requests.delete(key));
      requests.set(key, executing);
      return executing;
    },
  };
}
