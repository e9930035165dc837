import { setImmediate } from 'node:timers/promises';

/**
 * Where news of prices waits for a reader, however slow: of which variants, not what they cost, so that it never holds more than the reader watches,
 * and the reader gets the latest of each.
 */
export interface PriceBox {
  put(variantIds: readonly string[]): void;
  /** Waits until there is something, lets the news of the same tick join it, and empties the box; null when it is closed. */
  take(): Promise<string[] | null>;
  /** Ends the reader's wait. */
  close(): void;
}

/** Makes a box. */
export function createPriceBox(): PriceBox {
  let waiting = new Set<string>();
  let closed = false;
  let wake: () => void = () => undefined;

  return {
    put(variantIds) {
      if (closed) return;
      for (const variantId of variantIds) waiting.add(variantId);
      wake();
    },
    async take() {
      while (!closed && waiting.size === 0) await new Promise<void>((resolve) => (wake = resolve));
      // A command changes many prices, and many subscribers are to read them by one statement.
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
