import { capOf } from '../domain/allocation-policy.ts';
import { componentsOf, levelAt, type StockModel, type Taken } from './stock-model.ts';

/** Which policy governs an item, by number; null when none does. */
function governing(model: StockModel, item: number): number | null {
  const active = [...model.policies.entries()].filter(([, { isActive }]) => isActive);
  const found = active.find(([, { items }]) => items?.includes(item)) ?? active.find(([, { items }]) => items === null);
  return found?.[0] ?? null;
}

/** The locations that the channels of a policy share; none under FIFO. */
export function poolOf(model: StockModel, { rules, locations }: StockModel['policies'][number]): number[] {
  if (rules.kind === 'FIFO') return [];
  const [first = [], ...others] = rules.channels.map(({ channel }) => model.places[Number(channel)]!);
  return first.filter(
    (place) => others.every((places) => places.includes(place)) && (locations?.includes(place) ?? true),
  );
}

/** The policy of whose pool units of an item at a location are consumed; null when consumption does not count there. */
export function consumingPolicy(model: StockModel, item: number, location: number): number | null {
  const number = governing(model, item);
  const policy = number === null ? undefined : model.policies[number];
  return policy?.rules.kind === 'PROPORTIONAL' && poolOf(model, policy).includes(location) ? number : null;
}

/** What a channel took of the pool of a policy, or gave back to it. */
export function consume(model: StockModel, channel: number, item: number, policy: number | null, units: number): void {
  if (policy === null || units === 0) return;
  const place = `${channel} ${item}`;
  const known = model.usage.get(place);
  const isSame = known?.policy === policy;
  if (units < 0 && !isSame) return;
  model.usage.set(place, { policy, consumed: Math.max(0, (isSame ? known.consumed : 0) + units) });
}

/** What is free for a channel at a location, beyond what it leaves there. */
const freeAt = (model: StockModel, channel: number, item: number, location: number): number =>
  model.places[channel]!.includes(location)
    ? Math.max(0, levelAt(model, item, location).available - (model.buffers.get(`${channel} ${location}`) ?? 0))
    : 0;

interface Share {
  readonly pool: readonly number[];
  /** Units of the pool that the channel may take; null when there is no limit. */
  readonly cap: number | null;
}

/** What the policy of an item lets a channel have. */
function shareOf(model: StockModel, channel: number, item: number): Share {
  const number = governing(model, item);
  const policy = number === null ? undefined : model.policies[number];
  if (!policy || policy.rules.kind === 'FIFO') return { pool: [], cap: null };
  const pool = poolOf(model, policy);
  const available = pool.reduce((sum, place) => sum + levelAt(model, item, place).available, 0);
  const consumed = new Map<string, number>();
  for (const each of model.places.keys()) {
    const usage = model.usage.get(`${each} ${item}`);
    if (usage && usage.policy === number) consumed.set(String(each), usage.consumed);
  }
  return { pool, cap: capOf(policy.rules, String(channel), available, consumed) };
}

/** How many units a channel can sell. A bundle is made of components at one location, the fewest policies first. */
export function sellable(model: StockModel, channel: number, thing: number): number {
  const parts = componentsOf(model, thing).map((part) => ({ ...part, ...shareOf(model, channel, part.item) }));
  const remaining = new Map(parts.map(({ item, cap }) => [item, cap]));
  const limitsAt = (place: number) => parts.filter(({ pool, cap }) => cap !== null && pool.includes(place));
  const places = [...model.places[channel]!].sort((a, b) => limitsAt(a).length - limitsAt(b).length || a - b);
  let total = 0;
  for (const place of places) {
    const sets = Math.min(
      ...parts.map(({ item, quantity }) => Math.floor(freeAt(model, channel, item, place) / quantity)),
      ...limitsAt(place).map(({ item, quantity }) => Math.floor(remaining.get(item)! / quantity)),
    );
    for (const { item, quantity } of limitsAt(place)) remaining.set(item, remaining.get(item)! - sets * quantity);
    total += sets;
  }
  return total;
}

/** The first of ranked plans that a channel could hold as a whole; -1 when none does. */
export const planThatHolds = (model: StockModel, channel: number, plans: readonly (readonly Taken[])[]): number =>
  plans.findIndex((plan) => {
    const units = (chosen: (taken: Taken) => boolean) =>
      plan.reduce((sum, taken) => sum + (chosen(taken) ? taken.quantity : 0), 0);
    return plan.every(({ item, location, quantity, ahead }) => {
      if (ahead) {
        const selling = model.selling.get(item);
        if (!model.places[channel]!.includes(location) || !selling || selling.kind === 'DENY') return false;
        if (selling.channel !== null && selling.channel !== channel) return false;
        return units((each) => each.item === item && each.ahead) <= selling.limit - selling.soldAhead;
      }
      const { pool, cap } = shareOf(model, channel, item);
      const ofPool = units((each) => each.item === item && !each.ahead && pool.includes(each.location));
      return freeAt(model, channel, item, location) >= quantity && (cap === null || ofPool <= cap);
    });
  });
