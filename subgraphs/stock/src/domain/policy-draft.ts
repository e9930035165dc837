import type { ChannelShare, PolicyKind, PolicyRules } from './allocation-policy.ts';
import { isKey } from './texts.ts';

/** What a policy shall be. */
export interface PolicyDraft extends PolicyRules {
  readonly name: string;
  /** In order; null for all variants that no other policy governs. */
  readonly variantIds: readonly string[] | null;
  /** In order; null for all locations. */
  readonly locationIds: readonly string[] | null;
}

/** A rule that a draft breaks. */
export interface DraftFault {
  readonly code: string;
  readonly message: string;
  readonly path: string[];
}

/** What comes from outside. */
export interface DraftInput {
  readonly name: string;
  readonly kind: PolicyKind;
  readonly lendableBasisPoints?: number | null | undefined;
  readonly scope?:
    | {
        readonly variantIds?: readonly string[] | null | undefined;
        readonly locationIds?: readonly string[] | null | undefined;
      }
    | null
    | undefined;
  readonly channels: readonly ShareInput[];
}

interface ShareInput {
  readonly channel: string;
  readonly priority?: number | null | undefined;
  readonly promised?: number | null | undefined;
  readonly shareBasisPoints?: number | null | undefined;
  readonly floor?: number | null | undefined;
}

const MAX_VARIANTS = 10_000;
const MAX_LOCATIONS = 2_000;
const MAX_CHANNELS = 50;
const MAX_UNITS = 1_000_000;
const MAX_PRIORITY = 1_000;
const WHOLE = 10_000;

/** Checks what a policy shall be and brings it into its one form: ids in lower case, once and in order, absent numbers 0. */
export function toPolicyDraft(input: DraftInput, isId: (text: string) => boolean): PolicyDraft | DraftFault {
  const lendableBasisPoints = input.lendableBasisPoints ?? 0;
  const channels = input.channels.map(complete);
  const variantIds = input.scope?.variantIds ?? null;
  const locationIds = input.scope?.locationIds ?? null;
  const wrong =
    faultOfBasics(input.name, lendableBasisPoints) ??
    faultOfIds(variantIds, MAX_VARIANTS, 'variantIds', isId) ??
    faultOfIds(locationIds, MAX_LOCATIONS, 'locationIds', isId) ??
    faultOfChannels(input.kind, channels);
  if (wrong) return wrong;
  return {
    name: input.name,
    kind: input.kind,
    lendableBasisPoints,
    variantIds: variantIds && ordered(variantIds),
    locationIds: locationIds && ordered(locationIds),
    channels,
  };
}

/** Whether `toPolicyDraft` refused. */
export const isDraftFault = (result: PolicyDraft | DraftFault): result is DraftFault => 'message' in result;

const complete = (share: ShareInput): ChannelShare => ({
  channel: share.channel,
  priority: share.priority ?? 0,
  promised: share.promised ?? 0,
  shareBasisPoints: share.shareBasisPoints ?? 0,
  floor: share.floor ?? 0,
});

const ordered = (ids: readonly string[]): string[] => [...new Set(ids.map((id) => id.toLowerCase()))].sort();

const fault = (code: string, message: string, ...path: string[]): DraftFault => ({ code, message, path });

function faultOfBasics(name: string, lendableBasisPoints: number): DraftFault | null {
  if (!isKey(name) || name.trim() === '')
    return fault('INVALID_NAME', 'A policy has a name of 1 to 200 characters.', 'name');
  return faultOfRange(lendableBasisPoints, WHOLE, 'lendableBasisPoints');
}

function faultOfIds(
  ids: readonly string[] | null,
  most: number,
  field: string,
  isId: (text: string) => boolean,
): DraftFault | null {
  if (ids === null) return null;
  if (ids.length < 1 || ids.length > most)
    return fault('INVALID_SCOPE', `${field} takes 1 to ${most} entries, not ${ids.length}.`, 'scope', field);
  const wrong = ids.findIndex((id) => !isId(id));
  return wrong < 0 ? null : fault('INVALID_SCOPE', `${field} holds what is no id.`, 'scope', field, String(wrong));
}

function faultOfChannels(kind: PolicyKind, channels: readonly ChannelShare[]): DraftFault | null {
  if (channels.length > MAX_CHANNELS || (kind !== 'FIFO' && channels.length === 0))
    return fault(
      'INVALID_CHANNELS',
      `channels takes 1 to ${MAX_CHANNELS} entries, not ${channels.length}.`,
      'channels',
    );
  const seen = new Set<string>();
  let shares = 0;
  for (const [index, share] of channels.entries()) {
    const at = ['channels', String(index)];
    if (!isKey(share.channel)) return fault('UNKNOWN_CHANNEL', 'This is no channel.', ...at, 'channel');
    if (seen.has(share.channel))
      return fault('INVALID_CHANNELS', `The channel ${share.channel} is given twice.`, ...at, 'channel');
    seen.add(share.channel);
    shares += share.shareBasisPoints;
    const wrong =
      faultOfRange(share.priority, MAX_PRIORITY, ...at, 'priority') ??
      faultOfRange(share.promised, MAX_UNITS, ...at, 'promised') ??
      faultOfRange(share.shareBasisPoints, WHOLE, ...at, 'shareBasisPoints') ??
      faultOfRange(share.floor, MAX_UNITS, ...at, 'floor');
    if (wrong) return wrong;
  }
  if (shares > WHOLE)
    return fault(
      'SHARES_EXCEED_WHOLE',
      `The shares sum to ${shares} basis points, which is more than all.`,
      'channels',
    );
  return null;
}

function faultOfRange(value: number, most: number, ...path: string[]): DraftFault | null {
  if (Number.isInteger(value) && value >= 0 && value <= most) return null;
  return fault('INVALID_NUMBER', `${path.at(-1)} must be from 0 to ${most}, not ${value}.`, ...path);
}
