/** A person who works here, without the PIN. */
export interface StaffMember {
  readonly id: string;
  /** What they type at a register, in lower case. */
  readonly code: string;
  readonly name: string;
  readonly scopes: readonly string[];
  /** Where they work; null for everywhere. */
  readonly locationIds: readonly string[] | null;
  readonly active: boolean;
  readonly externalIssuer: string | null;
  readonly externalSubject: string | null;
  readonly hasPin: boolean;
  readonly version: number;
  /** As PostgreSQL writes an instant. */
  readonly createdAt: string;
}

/** What a person of the staff is said to be. */
export type StaffMemberState = Pick<
  StaffMember,
  'code' | 'name' | 'scopes' | 'locationIds' | 'active' | 'externalIssuer' | 'externalSubject'
>;

/** Whether somebody works at a location. */
export const worksAt = ({ locationIds }: Pick<StaffMember, 'locationIds'>, locationId: string): boolean =>
  locationIds === null || locationIds.includes(locationId);

/** Whether a change takes something away by which a session may have begun or that it may use: such sessions end. */
export const losesBy = (before: StaffMemberState, after: StaffMemberState): boolean =>
  (before.active && !after.active) ||
  before.scopes.some((scope) => !after.scopes.includes(scope)) ||
  (after.locationIds !== null &&
    (before.locationIds === null || before.locationIds.some((id) => !worksAt(after, id)))) ||
  (before.externalSubject !== null &&
    (before.externalIssuer !== after.externalIssuer || before.externalSubject !== after.externalSubject));
