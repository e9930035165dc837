import { COMPANY_ROLES, type CompanyRole } from '../profile/customer.ts';
import type { MergeSide } from './merge-side.ts';

/** Something that stands against a merge, or that whoever merges should know. */
export interface MergeFinding {
  readonly code: string;
  readonly message: string;
}

/** So many profiles are one at most: what is read by all ids of a person stays bounded. */
const MAX_FORMER = 100;
/** Lists of a person are read as a whole: so many rows of one kind at most. */
const MAX_ROWS = 500;
const READ_AS_A_WHOLE = ['IDENTITIES', 'ADDRESSES', 'PREFERENCES', 'NOTES', 'GROUPS'] as const;

export const finding = (code: string, message: string): MergeFinding => ({ code, message });

/** What stands against merging `absorbed` into `survivor`; nothing does when it is empty. */
export function conflictsOf(survivor: MergeSide, absorbed: MergeSide): MergeFinding[] {
  if (survivor.id === absorbed.id) return [finding('SAME_PROFILE', 'Both ids name one profile.')];
  const sides = [survivor, absorbed];
  const found: MergeFinding[] = [];
  if (sides.some(({ mergedInto }) => mergedInto !== null))
    found.push(
      finding('ALREADY_MERGED', 'One of the profiles was merged before: name the one that it was merged into.'),
    );
  if (sides.some(({ isErased }) => isErased))
    found.push(finding('ERASED', 'One of the people was forgotten: nothing of them is left to merge.'));
  if (sides.some(({ hasOpenPrivacyRequest }) => hasOpenPrivacyRequest))
    found.push(
      finding(
        'OPEN_PRIVACY_REQUEST',
        'One of the people asked for their data or to be forgotten: merge when that is done.',
      ),
    );
  if (survivor.companyId !== null && absorbed.companyId !== null && survivor.companyId !== absorbed.companyId)
    found.push(
      finding(
        'DIFFERENT_COMPANIES',
        'They buy for different companies, and a person buys for one: end one membership first.',
      ),
    );
  if (survivor.formerCount + absorbed.formerCount + 1 > MAX_FORMER)
    found.push(finding('TOO_MANY_PROFILES', `At most ${MAX_FORMER} profiles can be merged into one.`));
  if (READ_AS_A_WHOLE.some((part) => survivor.counts[part] + absorbed.counts[part] > MAX_ROWS))
    found.push(finding('TOO_MUCH', `Together they have more than ${MAX_ROWS} rows of one kind: delete some first.`));
  return found;
}

/** What whoever merges should know, though it does not stand against it. */
export function noticesOf(survivor: MergeSide, absorbed: MergeSide): MergeFinding[] {
  const found: MergeFinding[] = [];
  if (survivor.hasPassword && absorbed.hasPassword)
    found.push(finding('PASSWORD_OF_SURVIVOR', 'Both have a password: the survivor’s stays, for all addresses.'));
  if (!survivor.hasPassword && absorbed.hasPassword)
    found.push(finding('PASSWORD_MOVES', 'The absorbed profile’s password will open the survivor’s profile.'));
  const shared = survivor.externalSources.filter((source) => absorbed.externalSources.includes(source));
  if (shared.length > 0)
    found.push(
      finding('EXTERNAL_IDS_OF_ONE_SOURCE', `Both have an external id of ${shared.join(', ')}: both are kept.`),
    );
  if (
    survivor.companyId !== null &&
    survivor.companyId === absorbed.companyId &&
    higherRole(survivor, absorbed) !== survivor.companyRole
  )
    found.push(finding('COMPANY_ROLE_RISES', 'Both are members of one company: the survivor gets the higher role.'));
  if (survivor.phone !== null && survivor.phone === absorbed.phone)
    found.push(finding('SAME_PHONE', 'They share a telephone number: the survivor has it once.'));
  return found;
}

/** The higher of the roles of two members of one company. */
export function higherRole(
  one: Pick<MergeSide, 'companyRole'>,
  other: Pick<MergeSide, 'companyRole'>,
): CompanyRole | null {
  const rank = (role: CompanyRole | null) => (role === null ? -1 : COMPANY_ROLES.indexOf(role));
  return rank(one.companyRole) >= rank(other.companyRole) ? one.companyRole : other.companyRole;
}
