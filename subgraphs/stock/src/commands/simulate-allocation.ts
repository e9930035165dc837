import { setImmediate } from 'node:timers/promises';
import type { Database } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { findPolicy, listPolicyVariants } from '../data/allocation-policies.ts';
import { readTrialHistory, type TrialHistory } from '../data/simulation.ts';
import type { PolicyRules } from '../domain/allocation-policy.ts';
import {
  createReplay,
  toReplayEvents,
  totalsOf,
  type ReplayRules,
  type ReplayTotals,
} from '../domain/allocation-replay.ts';
import { isDraftFault, toPolicyDraft, type DraftInput, type PolicyDraft } from '../domain/policy-draft.ts';

/** What shall be tried, on the demand of which days and variants. */
export interface SimulateAllocation {
  readonly policyId?: string | null | undefined;
  readonly draft?: DraftInput | null | undefined;
  readonly days: number;
  readonly variantIds?: readonly string[] | null | undefined;
}

const MAX_DAYS = 90;
const MAX_VARIANTS = 100;
const MAX_SCOPE = 10_000;
/** So many events are replayed before others get their turn. */
const EVENTS_AT_ONCE = 1_000;

/**
 * Replays the demand of the last days under a policy and under what governs now, both as if they had been activated when those days
 * began. Changes nothing. The ledger knows only requests that were served: what was refused left no trace.
 */
export async function simulateAllocation(db: Database, input: SimulateAllocation) {
  const { days } = input;
  if (!Number.isInteger(days) || days < 1 || days > MAX_DAYS)
    return invalidInput('INVALID_DAYS', `days must be from 1 to ${MAX_DAYS}, not ${days}.`, ['input', 'days']);
  const tried = await policyToTry(db, input);
  if ('__typename' in tried) return tried;
  const variantIds = variantsToTry(tried, input.variantIds);
  if (variantIds && '__typename' in variantIds) return variantIds;
  const history = await readTrialHistory(db, {
    channels: tried.kind === 'FIFO' ? [] : tried.channels.map(({ channel }) => channel),
    scopeVariantIds: tried.variantIds,
    scopeLocationIds: tried.locationIds,
    variantIds,
    days,
  });
  if (history === 'archived')
    return invalidInput('HISTORY_ARCHIVED', 'The ledger of these days is archived: ask for fewer days.', [
      'input',
      'days',
    ]);
  if (history === 'tooMuch')
    return invalidInput(
      'TOO_MUCH_HISTORY',
      'There is more to replay than 200,000 entries: ask for fewer days or name fewer variants.',
      ['input', input.variantIds ? 'days' : 'variantIds'],
    );
  return await outcomeOf(history, tried, days);
}

async function policyToTry(db: Database, { policyId, draft }: SimulateAllocation) {
  if ((policyId === null || policyId === undefined) === (draft === null || draft === undefined))
    return invalidInput('INVALID_POLICY', 'Give either policyId or draft.', ['input']);
  if (draft) {
    const checked = toPolicyDraft(draft, isId);
    return isDraftFault(checked)
      ? invalidInput(checked.code, checked.message, ['input', 'draft', ...checked.path])
      : checked;
  }
  const policy = policyId && isId(policyId) ? await findPolicy(db, policyId) : null;
  if (!policy) return notFound('There is no such policy.', ['input', 'policyId']);
  const variantIds =
    policy.variantCount === null ? null : await listPolicyVariants(db, policy.policyId, null, MAX_SCOPE);
  return { ...policy, variantIds };
}

/** The variants that the caller names, all of which the policy must govern; null for those with most demand. */
function variantsToTry(tried: Pick<PolicyDraft, 'variantIds'>, given: readonly string[] | null | undefined) {
  if (!given) return null;
  const path = ['input', 'variantIds'];
  if (given.length < 1 || given.length > MAX_VARIANTS)
    return invalidInput('INVALID_SCOPE', `variantIds takes 1 to ${MAX_VARIANTS} entries, not ${given.length}.`, path);
  const scope = tried.variantIds && new Set(tried.variantIds);
  const ids = [...new Set(given.map((id) => id.toLowerCase()))].sort();
  if (!ids.every((id) => isId(id) && (!scope || scope.has(id))))
    return invalidInput('INVALID_SCOPE', 'A variant is not in the scope of the policy.', path);
  return ids;
}

async function outcomeOf(history: TrialHistory, tried: PolicyRules, days: number) {
  const { since, variantIds, entries, pool } = history;
  const shared = worldOf(history);
  const present = new Map(
    history.policies.map((each) => [each.policyId, { ...shared, rules: each.rules, pool: new Set(each.pool) }]),
  );
  const policyOf = new Map(history.policyOf.map((each) => [each.variantId, each.policyId]));
  const ungoverned: ReplayRules = { ...shared, rules: null, pool: new Set() };
  const draftRules: ReplayRules = { ...shared, rules: tried, pool: new Set(pool) };
  const withDraft: ReplayTotals = new Map();
  const withPresent: ReplayTotals = new Map();
  const channels = new Set([...shared.places.keys(), ...tried.channels.map(({ channel }) => channel)]);
  for (const channel of channels) for (const totals of [withDraft, withPresent]) totalsOf(totals, channel);

  const entriesOf = Map.groupBy(entries, (entry) => entry.variantId);
  const levelsOf = Map.groupBy(history.levels, (level) => level.variantId);
  let replayed = 0;
  for (const variantId of variantIds) {
    const own = entriesOf.get(variantId) ?? [];
    // What is available now without what was booked since: what was available when those days began.
    const opening = new Map((levelsOf.get(variantId) ?? []).map((level) => [level.locationId, level.available]));
    for (const { locationId, quantity, isGain } of own)
      opening.set(locationId, (opening.get(locationId) ?? 0) + (isGain ? -quantity : quantity));
    const governing = present.get(policyOf.get(variantId) ?? '') ?? ungoverned;
    const replays = [createReplay(draftRules, opening, withDraft), createReplay(governing, opening, withPresent)];
    for (const event of toReplayEvents(own)) {
      for (const each of replays) each.next(event);
      if ((replayed += 1) % EVENTS_AT_ONCE === 0) await setImmediate();
    }
    for (const each of replays) each.finish();
  }
  const names = [...new Set([...withDraft.keys(), ...withPresent.keys()])];
  return {
    __typename: 'AllocationSimulation' as const,
    days,
    since,
    variantIds: [...variantIds],
    entryCount: entries.length,
    poolLocationIds: [...pool],
    channels: names
      .sort((a, b) => ((a ?? '') < (b ?? '') ? -1 : 1))
      .map((channel) => ({
        channel,
        askedUnits: totalsOf(withDraft, channel).asked,
        draft: totalsOf(withDraft, channel),
        present: totalsOf(withPresent, channel),
      })),
  };
}

/** What is the same under every policy. */
function worldOf({ places, safetyStocks }: TrialHistory): Pick<ReplayRules, 'places' | 'safetyStock'> {
  const kept = new Map(safetyStocks.map((each) => [`${each.locationId} ${each.channel}`, each.quantity]));
  return {
    places: new Map(places.map(({ channel, locationIds }) => [channel, locationIds])),
    safetyStock: (channel, locationId) => kept.get(`${locationId} ${channel}`) ?? 0,
  };
}
