import { createPriceBox, type PriceBox } from './price-box.ts';

/** Somebody's registration for variants. */
export interface PriceWatch {
  /** Waits until the price of one of the variants may have changed; null when the watch has ended. */
  next(): Promise<string[] | null>;
  /** Removes the registration and ends the wait. */
  stop(): void;
}

/** Tells everyone in this process of which of their variants a price may be another. What it is then is read by whoever wants to know. */
export interface PriceHub {
  /** @param variantIds in lower case. */
  watch(variantIds: readonly string[]): PriceWatch;
  /** Prices changed, for somebody. */
  changed(variantIds: readonly string[]): void;
  /** Any price may have changed: everyone has to look at everything. */
  resync(): void;
  /** How many registrations there are. */
  readonly size: number;
  /** Ends all of them, and those that come later. */
  close(): void;
}

interface Registration {
  readonly variantIds: readonly string[];
  readonly box: PriceBox;
}

/** Makes the hub of a process. */
export function createPriceHub(): PriceHub {
  const registrations = new Set<Registration>();
  const byVariant = new Map<string, Set<Registration>>();
  let closed = false;

  const remove = (registration: Registration) => {
    if (!registrations.delete(registration)) return;
    for (const variantId of registration.variantIds) {
      const group = byVariant.get(variantId);
      group?.delete(registration);
      if (group?.size === 0) byVariant.delete(variantId);
    }
    registration.box.close();
  };

  return {
    watch(variantIds) {
      const registration: Registration = { variantIds, box: createPriceBox() };
      registrations.add(registration);
      for (const variantId of variantIds) {
        const group = byVariant.get(variantId) ?? new Set();
        byVariant.set(variantId, group.add(registration));
      }
      if (closed) remove(registration);
      return { next: () => registration.box.take(), stop: () => remove(registration) };
    },
    changed(variantIds) {
      for (const variantId of variantIds) for (const { box } of byVariant.get(variantId) ?? []) box.put([variantId]);
    },
    resync() {
      for (const { variantIds, box } of registrations) box.put(variantIds);
    },
    get size() {
      return registrations.size;
    },
    close() {
      closed = true;
      for (const registration of [...registrations]) remove(registration);
    },
  };
}
