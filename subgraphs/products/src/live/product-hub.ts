import { createProductBox, type ProductBox } from './product-box.ts';

/** Somebody's registration for products. */
export interface ProductWatch {
  /** Waits until one of the products may have changed; null when the watch has ended. */
  next(): Promise<string[] | null>;
  /** Removes the registration and ends the wait. */
  stop(): void;
}

/** Tells everyone in this process which of their products changed. What they are then is read by whoever wants to know. */
export interface ProductHub {
  /** @param productIds in lower case. */
  watch(productIds: readonly string[]): ProductWatch;
  /** Products changed. */
  changed(productIds: readonly string[]): void;
  /** Changes may have been missed: everyone has to look at everything. */
  resync(): void;
  /** How many registrations there are. */
  readonly size: number;
  /** Ends all of them. */
  close(): void;
}

interface Registration {
  readonly productIds: readonly string[];
  readonly box: ProductBox;
}

/** Makes the hub of a process. */
export function createProductHub(): ProductHub {
  const registrations = new Set<Registration>();
  const byProduct = new Map<string, Set<Registration>>();

  const remove = (registration: Registration) => {
    if (!registrations.delete(registration)) return;
    for (const productId of registration.productIds) {
      const group = byProduct.get(productId);
      group?.delete(registration);
      if (group?.size === 0) byProduct.delete(productId);
    }
    registration.box.close();
  };

  return {
    watch(productIds) {
      const registration: Registration = { productIds, box: createProductBox() };
      registrations.add(registration);
      for (const productId of productIds) {
        const group = byProduct.get(productId) ?? new Set();
        byProduct.set(productId, group.add(registration));
      }
      return { next: () => registration.box.take(), stop: () => remove(registration) };
    },
    changed(productIds) {
      for (const productId of productIds) for (const { box } of byProduct.get(productId) ?? []) box.put([productId]);
    },
    resync() {
      for (const { productIds, box } of registrations) box.put(productIds);
    },
    get size() {
      return registrations.size;
    },
    close() {
      for (const registration of [...registrations]) remove(registration);
    },
  };
}
