/** What prices keeps of a channel: a state of products, at a revision. */
export interface ChannelProjection {
  readonly code: string;
  readonly revision: number;
  /** The default first. */
  readonly currencies: readonly string[];
  /** The default first. */
  readonly countries: readonly string[];
}

/** Of several states of a channel the newest, in no order. */
export function newestStates(states: readonly ChannelProjection[]): ChannelProjection[] {
  const newest = new Map<string, ChannelProjection>();
  for (const state of states) {
    const known = newest.get(state.code);
    if (!known || known.revision < state.revision) newest.set(state.code, state);
  }
  return [...newest.values()];
}

/** Whether anonymous prices of a channel are the same in two states of it: in the same currencies, with the tax of the same country. */
export const isPricedAlike = (one: ChannelProjection, other: ChannelProjection): boolean =>
  one.countries[0] === other.countries[0] &&
  one.currencies.length === other.currencies.length &&
  one.currencies.every((currency) => other.currencies.includes(currency));
