import type { MergeSide } from './merge-side.ts';

/** Why a value wins: a verified one beats one that is not, then the survivor's own, and the absorbed profile's fills what is missing. */
export type MergeReason = 'VERIFIED' | 'OWN' | 'FILLS_GAP';

/** What the survivor has of a field behind the merge. */
export interface ChosenValue {
  readonly field: MergeField;
  readonly value: string;
  readonly from: 'SURVIVOR' | 'ABSORBED';
  readonly reason: MergeReason;
  /** What the other profile has there and loses to it; null when it has nothing, or the same. */
  readonly instead: string | null;
}

export const MERGE_FIELDS = [
  'givenName',
  'familyName',
  'locale',
  'email',
  'phone',
  'loyaltyCard',
  'companyId',
] as const;
export type MergeField = (typeof MERGE_FIELDS)[number];

/** The values of the survivor behind the merge; a field that neither has is left out. */
export const chooseValues = (survivor: MergeSide, absorbed: MergeSide): ChosenValue[] =>
  MERGE_FIELDS.flatMap((field) => choose(field, survivor, absorbed) ?? []);

function choose(field: MergeField, survivor: MergeSide, absorbed: MergeSide): ChosenValue | null {
  const [own, others] = [survivor[field], absorbed[field]];
  if (own === null)
    return others === null ? null : { field, value: others, from: 'ABSORBED', reason: 'FILLS_GAP', instead: null };
  const instead = others === own ? null : others;
  const [isVerified, isOtherVerified] = [verified(field, survivor), verified(field, absorbed)];
  if (instead !== null && isOtherVerified && !isVerified)
    return { field, value: instead, from: 'ABSORBED', reason: 'VERIFIED', instead: own };
  const reason = instead !== null && isVerified && !isOtherVerified ? 'VERIFIED' : 'OWN';
  return { field, value: own, from: 'SURVIVOR', reason, instead };
}

function verified(field: MergeField, side: MergeSide): boolean {
  if (field === 'email') return side.emailVerified;
  return field === 'phone' && side.phoneVerified;
}

const PRIMARIES = [
  ['email', 'EMAIL'],
  ['phone', 'PHONE'],
  ['loyaltyCard', 'LOYALTY_CARD'],
] as const;

/** The kinds of identities whose primary one is the absorbed profile's behind the merge. */
export function primariesWon(survivor: MergeSide, absorbed: MergeSide): ('EMAIL' | 'PHONE' | 'LOYALTY_CARD')[] {
  const chosen = chooseValues(survivor, absorbed);
  const isWon = (field: MergeField) => chosen.some((value) => value.field === field && value.from === 'ABSORBED');
  return PRIMARIES.flatMap(([field, kind]) => (isWon(field) ? [kind] : []));
}
