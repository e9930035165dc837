interface Limited {
  readonly promotionId: string;
  readonly code: string | null;
  readonly maxUses: number | null;
  readonly maxUsesPerCustomer: number | null;
}

interface Wanted {
  /** The whole request: a key holds for one alone. */
  readonly request: string;
  readonly taken: readonly string[];
  readonly customer: string | null;
}

interface Hold extends Wanted {
  status: 'HELD' | 'CONFIRMED' | 'RELEASED';
}

/** What prices holds of promotions, by key; limits count holds. */
export function createSimulatedHolds(promotions: readonly Limited[]) {
  const held = new Map<string, Hold>();

  const find = (promotionId: string) => promotions.find((each) => each.promotionId === promotionId);
  const isLimited = (promotionId: string): boolean => {
    const { code = null, maxUses = null, maxUsesPerCustomer = null } = find(promotionId) ?? {};
    return code !== null || maxUses !== null || maxUsesPerCustomer !== null;
  };
  /** Why nobody, or this customer, can use a promotion any more; null when they can. */
  function refusalOf(promotionId: string, customer: string | null): string | null {
    const promotion = find(promotionId);
    if (!promotion) return 'NOT_ACTIVE';
    const uses = [...held.values()].filter(({ status, taken }) => status !== 'RELEASED' && taken.includes(promotionId));
    if (promotion.maxUses !== null && uses.length >= promotion.maxUses)
      return promotion.code === null ? 'LIMIT_REACHED' : 'CODE_USED_UP';
    const own = customer === null ? [] : uses.filter((each) => each.customer === customer);
    return promotion.maxUsesPerCustomer !== null && own.length >= promotion.maxUsesPerCustomer
      ? 'CUSTOMER_LIMIT'
      : null;
  }

  return {
    held,
    isLimited,
    refusalOf,
    /** Holds all or nothing; the same for the same request under a key, which is used up by being released. */
    hold(key: string, wanted: Wanted) {
      const known = held.get(key);
      if (known && known.request === wanted.request && known.status !== 'RELEASED')
        return { __typename: 'PromotionsHeld' };
      if (known) return { __typename: 'HoldEnded', status: known.status };
      for (const promotionId of wanted.taken) {
        const reason = refusalOf(promotionId, wanted.customer);
        if (reason)
          return { __typename: 'PromotionUnavailable', promotionId, code: find(promotionId)?.code ?? null, reason };
      }
      held.set(key, { ...wanted, status: 'HELD' });
      return { __typename: 'PromotionsHeld' };
    },
    /** @returns what became of it; null when nothing was held, and nothing ever will be. */
    release(key: string): string | null {
      const known = held.get(key);
      if (!known) {
        held.set(key, { request: '', taken: [], customer: null, status: 'RELEASED' });
        return null;
      }
      if (known.status === 'HELD') known.status = 'RELEASED';
      return known.status;
    },
    /** States of all that was held for somebody, in the order in which it was. */
    statuses: (): string[] => [...held.values()].filter(({ taken }) => taken.length > 0).map(({ status }) => status),
  };
}
