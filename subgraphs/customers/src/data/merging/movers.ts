import { sql } from 'drizzle-orm';
import type { Tx } from '@kontor/kit/src/database.ts';
import { rebuildStatistics } from '../profile/statistics.ts';
import { staleTokensOf } from '../signing/revocations.ts';
import type { Merge } from './merges.ts';
import { addressMover } from './move-addresses.ts';
import { groupMover } from './move-groups.ts';
import { giveBackIdentities, moveIdentities, type PrimariesWon } from './move-identities.ts';
import { membershipMover } from './move-memberships.ts';
import { passwordMover } from './move-password.ts';
import { pointsMover } from './move-points.ts';
import { profileMover } from './move-profile.ts';
import { moverOf, type Mover } from './mover.ts';

/** In the order of locks that all commands share, which begins with the profiles and their identities. */
const MOVERS: readonly Mover[] = [
  membershipMover,
  pointsMover,
  moverOf({ table: 'sessions', key: 'session_id', keyType: 'uuid' }),
  passwordMover,
  moverOf({ table: 'credentials', key: 'credential_id', keyType: 'uuid' }),
  addressMover,
  moverOf({
    table: 'preferences',
    key: 'key',
    keyType: 'text',
    unless: (survivorId) =>
      sql`exists (select from customers.preferences own where own.customer_id = ${survivorId}::uuid and own.key = t.key)`,
  }),
  moverOf({ table: 'consents', key: 'seq', keyType: 'bigint' }),
  moverOf({ table: 'notes', key: 'note_id', keyType: 'uuid' }),
  groupMover,
  moverOf({ table: 'customer_orders', key: 'order_id', keyType: 'uuid' }),
  moverOf({ table: 'credit_orders', key: 'hold_key', keyType: 'text' }),
  moverOf({ table: 'company_invitations', key: 'invitation_id', keyType: 'uuid', owner: 'accepted_by' }),
  // Budgets of a member are kept by the member's id.
  moverOf({
    table: 'approval_budgets',
    key: 'budget_id',
    keyType: 'uuid',
    owner: 'subject',
    ownerType: 'text',
    unless: (survivorId) => sql`exists (select from customers.approval_budgets own where own.subject = ${survivorId}
      and (own.rule_id, own.period, own.starts_on, own.currency) = (t.rule_id, t.period, t.starts_on, t.currency))`,
  }),
];

/** Gives everything of the absorbed profile to the survivor. All profiles are locked. */
export async function moveEverything(tx: Tx, merge: Merge, won: PrimariesWon): Promise<void> {
  await profileMover.move(tx, merge);
  await moveIdentities(tx, merge, won);
  for (const mover of MOVERS) await mover.move(tx, merge);
  await settle(tx, merge);
}

/** Gives back what of it is still there. All profiles are locked. */
export async function giveBackEverything(tx: Tx, merge: Merge): Promise<void> {
  await profileMover.undo(tx, merge);
  await giveBackIdentities(tx, merge);
  for (const mover of MOVERS) await mover.undo(tx, merge);
  await settle(tx, merge);
}

/** What follows from rows that moved: statistics, and access tokens that name the wrong person. */
async function settle(tx: Tx, { survivorId, absorbedId }: Merge): Promise<void> {
  await rebuildStatistics(tx, [survivorId, absorbedId]);
  await staleTokensOf(tx, [survivorId, absorbedId]);
}
