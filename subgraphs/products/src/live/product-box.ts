import { setImmediate } from 'node:timers/promises';

/**
 * Where news of products waits for a reader, however slow: which products, not what became of them, so that it never holds more than the
 * reader watches, and the reader gets the latest of each.
 */
export interface ProductBox {
  put(productIds: readonly string[]): void;
  /** Waits until there is something, lets the news of the same tick join it, and empties the box; null when it is closed. */
  take(): Promise<string[] | null>;
  /** Ends the reader's wait. */
  close(): void;
}

/** Makes a box. */
export function createProductBox(): ProductBox {
  let waiting = new Set<string>();
  let closed = false;
  let wake: () => void = () => undefined;

  return {
    put(productIds) {
      if (closed) return;
      for (const productId of productIds) waiting.add(productId);
      wake();
    },
    async take() {
      while (!closed && waiting.size === 0) await new Promise<void>((resolve) => (wake = resolve));
      // A command changes many products, and many subscribers are to read them by one statement.
      await setImmediate();
      if (closed) return null;
      const taken = [...waiting];
      waiting = new Set();
      return taken;
    },
    close() {
      closed = true;
      waiting = new Set();
      wake();
    },
  };
}
