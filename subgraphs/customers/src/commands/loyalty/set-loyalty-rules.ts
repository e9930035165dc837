import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { invalidInput, versionConflict } from '@kontor/kit/src/errors.ts';
import { findRules, insertRules } from '../../data/loyalty/rules.ts';
import {
  BASIS_POINTS,
  type ChannelRules,
  type LoyaltyRules,
  type Rate,
  type Tier,
} from '../../domain/loyalty/rules.ts';

/** The programme as staff write it: the whole of it. */
export interface LoyaltyRulesInput {
  /** None for the first time. */
  readonly expectedVersion?: number | null | undefined;
  readonly expiryMonths?: number | null | undefined;
  readonly tiers: readonly Optional<Tier, 'multiplierBasisPoints'>[];
  readonly channels: readonly ChannelRulesInput[];
}

type ChannelRulesInput = Optional<
  Omit<ChannelRules, 'rates'>,
  'rounding' | 'earningDelayDays' | 'minimumPoints' | 'maximumPoints'
> & { readonly rates: readonly Optional<Rate, 'earnPointsPer100' | 'redeemMinorUnitsPer100'>[] };

type Optional<T, Keys extends keyof T> = Omit<T, Keys> & { readonly [Key in Keys]?: T[Key] | null | undefined };

export type RulesOutcome =
  | { readonly __typename: 'LoyaltyRulesUpdated'; readonly rules: LoyaltyRules }
  | ReturnType<typeof invalidInput>
  | ReturnType<typeof versionConflict>;

const MOST = {
  months: 120,
  tiers: 20,
  threshold: 1_000_000_000,
  basisPoints: 1_000_000,
  channels: 100,
  days: 365,
  rates: 30,
  points: 1_000_000_000,
  earn: 1_000_000,
  redeem: 1_000_000_000,
  name: 100,
} as const;
const LAST_VERSION = 2_147_483_647;
const TIER_CODE = /^[A-Z][A-Z0-9_]{0,39}$/;
const CHANNEL_CODE = /^[a-z0-9][a-z0-9_-]{0,63}$/i;

/**
 * Sets the whole programme when it is still at the version that the caller saw. What was earned stays as it is; tiers are worked out anew in
 * the background.
 */
export async function setLoyaltyRules(db: Database, caller: Caller, input: LoyaltyRulesInput): Promise<RulesOutcome> {
  const rules = toRules(input);
  const refusal = refusalOfTiers(rules) ?? refusalOfChannels(rules.channels);
  if (refusal) return refusal;
  return inTransaction(db, async (tx): Promise<RulesOutcome> => {
    // Beyond what a version can be is no version that anybody saw.
    if (
      rules.version >= 1 &&
      rules.version <= LAST_VERSION &&
      (await insertRules(tx, rules, caller.staffId ?? caller.subject))
    )
      return { __typename: 'LoyaltyRulesUpdated', rules };
    return versionConflict('The programme', (await findRules(tx))?.version ?? 0);
  });
}

const toRules = (input: LoyaltyRulesInput): LoyaltyRules => ({
  version: (input.expectedVersion ?? 0) + 1,
  expiryMonths: input.expiryMonths ?? null,
  tiers: input.tiers.map(({ code, name, threshold, multiplierBasisPoints }) => ({
    code,
    name: name.trim(),
    threshold,
    multiplierBasisPoints: multiplierBasisPoints ?? BASIS_POINTS,
  })),
  channels: input.channels.map((channel) => ({
    channel: channel.channel,
    rounding: channel.rounding ?? 'DOWN',
    earningDelayDays: channel.earningDelayDays ?? 0,
    minimumPoints: channel.minimumPoints ?? null,
    maximumPoints: channel.maximumPoints ?? null,
    rates: channel.rates.map((rate) => ({
      currency: rate.currency,
      earnPointsPer100: rate.earnPointsPer100 ?? null,
      redeemMinorUnitsPer100: rate.redeemMinorUnitsPer100 ?? null,
    })),
  })),
});

type Refusal = ReturnType<typeof invalidInput>;

function refusalOfTiers({ expiryMonths, tiers }: LoyaltyRules): Refusal | null {
  if (!isWithin(expiryMonths, 1, MOST.months)) return refused(`from 1 to ${MOST.months}`, 'expiryMonths');
  if (tiers.length > MOST.tiers) return refused(`${MOST.tiers} tiers at most`, 'tiers');
  const codes = new Set<string>();
  let above = 0;
  for (const [place, { code, name, threshold, multiplierBasisPoints }] of tiers.entries()) {
    const at = (field: string) => ['tiers', String(place), field];
    if (!TIER_CODE.test(code) || codes.has(code)) return refused('a code such as GOLD, once', ...at('code'));
    codes.add(code);
    if (name.trim().length < 1 || name.length > MOST.name || /\p{Cc}/u.test(name))
      return refused(`1 to ${MOST.name} characters`, ...at('name'));
    if (threshold <= above || threshold > MOST.threshold)
      return refused('more than that of the tier before', ...at('threshold'));
    above = threshold;
    if (!isWithin(multiplierBasisPoints, 1, MOST.basisPoints))
      return refused(`from 1 to ${MOST.basisPoints}`, ...at('multiplierBasisPoints'));
  }
  return null;
}

function refusalOfChannels(channels: readonly ChannelRules[]): Refusal | null {
  if (channels.length > MOST.channels) return refused(`${MOST.channels} channels at most`, 'channels');
  const codes = new Set<string>();
  for (const [place, channel] of channels.entries()) {
    const at = (...fields: string[]) => ['channels', String(place), ...fields];
    if (!CHANNEL_CODE.test(channel.channel) || codes.has(channel.channel))
      return refused("a channel's code, once", ...at('channel'));
    codes.add(channel.channel);
    const { earningDelayDays, minimumPoints, maximumPoints, rates } = channel;
    if (!isWithin(earningDelayDays, 0, MOST.days)) return refused(`from 0 to ${MOST.days}`, ...at('earningDelayDays'));
    if (!isWithin(minimumPoints, 1, MOST.points)) return refused(`from 1 to ${MOST.points}`, ...at('minimumPoints'));
    if (!isWithin(maximumPoints, minimumPoints ?? 1, MOST.points))
      return refused('no less than the minimum', ...at('maximumPoints'));
    const refusal = refusalOfRates(rates, (...fields) => at('rates', ...fields));
    if (refusal) return refusal;
  }
  return null;
}

function refusalOfRates(rates: readonly Rate[], at: (...fields: string[]) => string[]): Refusal | null {
  if (rates.length > MOST.rates) return refused(`${MOST.rates} currencies at most`, ...at());
  const currencies = new Set<string>();
  for (const [place, { currency, earnPointsPer100, redeemMinorUnitsPer100 }] of rates.entries()) {
    const field = (name: string) => at(String(place), name);
    if (currencies.has(currency)) return refused('each currency once', ...field('currency'));
    currencies.add(currency);
    if (!isWithin(earnPointsPer100, 1, MOST.earn))
      return refused(`from 1 to ${MOST.earn}`, ...field('earnPointsPer100'));
    if (!isWithin(redeemMinorUnitsPer100, 1, MOST.redeem))
      return refused(`from 1 to ${MOST.redeem}`, ...field('redeemMinorUnitsPer100'));
  }
  return null;
}

const isWithin = (value: number | null, least: number, most: number): boolean =>
  value === null || (value >= least && value <= most);

const refused = (wanted: string, ...path: string[]): Refusal =>
  invalidInput('INVALID_RULES', `${path.at(-1) ?? 'It'}: ${wanted}.`, ['input', ...path]);
