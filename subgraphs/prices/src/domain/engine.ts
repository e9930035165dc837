import type { FeeSchedules } from './lists/derive.ts';
import type { CompiledPromotions } from './promotions/compile-promotions.ts';
import type { ShippingOption } from './shipping/shipping-option.ts';

/** What pricing needs besides prices, taxes and facts; each process keeps it until the revision is another. */
export interface Engine {
  /** Grows with every change of a promotion, shipping option, fee schedule or category. */
  readonly revision: number;
  /** Active now or later: time alone changes nothing here. */
  readonly promotions: CompiledPromotions;
  readonly shippingOptions: readonly ShippingOption[];
  readonly feeSchedules: FeeSchedules;
  /** The category itself and all above it, nearest first; alone when it is not known. */
  readonly ancestorsOf: (categoryId: string) => readonly string[];
}

/** What a process keeps of the engine between requests. */
export interface EngineCache {
  /** The engine at a revision that was read, or at a newer one when that is gone: see its own `revision`. */
  at(revision: number): Promise<Engine>;
}
