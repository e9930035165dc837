import type { CompanyRole } from '../profile/customer.ts';

/** A profile as far as a merge is decided by it. */
export interface MergeSide {
  readonly id: string;
  readonly revision: number;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly locale: string | null;
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly phone: string | null;
  readonly phoneVerified: boolean;
  readonly loyaltyCard: string | null;
  /** The survivor of an earlier merge; null for a profile that stands for itself. */
  readonly mergedInto: string | null;
  readonly isErased: boolean;
  readonly companyId: string | null;
  readonly companyRole: CompanyRole | null;
  readonly hasPassword: boolean;
  /** Whether the person asked for their data, or to be forgotten, and it is not done. */
  readonly hasOpenPrivacyRequest: boolean;
  /** Where external ids come from. */
  readonly externalSources: readonly string[];
  /** Profiles that were merged into this one. */
  readonly formerCount: number;
  /** What would move, by its kind. */
  readonly counts: Readonly<Record<MergePart, number>>;
}

/** What moves with a merge, as staff see it. */
export const MERGE_PARTS = [
  'IDENTITIES',
  'ADDRESSES',
  'PREFERENCES',
  'CONSENTS',
  'NOTES',
  'GROUPS',
  'ORDERS',
  'SESSIONS',
  'ACCESS_KEYS',
  'MEMBERSHIPS',
  'POINTS',
  'HOLDS',
] as const;
export type MergePart = (typeof MERGE_PARTS)[number];
