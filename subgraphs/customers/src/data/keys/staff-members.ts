import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql, type SQL } from 'drizzle-orm';
import type { StaffMember, StaffMemberState } from '../../domain/keys/staff-member.ts';
import { uuids } from '../profile/customers.ts';

const columns = sql`s.staff_id as id, s.code, s.display_name as name, s.scopes,
  case when s.all_locations then null else s.location_ids end as "locationIds", s.active, s.external_issuer as "externalIssuer",
  s.external_subject as "externalSubject", s.pin_hash is not null as "hasPin", s.version, s.created_at::text as "createdAt"`;

type Row = StaffMember & Record<string, unknown>;
/** A person of the staff with the hash of the PIN; null where there is none. */
export type StaffAccount = StaffMember & { readonly pinHash: string | null };

/** People of the staff in order of code, those who are not active among them. */
export async function findStaffMembers(
  db: Db | Tx,
  { after, limit }: { readonly after: string | null; readonly limit: number },
): Promise<StaffMember[]> {
  return await db.execute<Row>(sql`
    select ${columns} from customers.staff_members s where s.code collate "C" > ${after ?? ''} order by s.code collate "C" limit ${limit}`);
}

const accountWhere = async (db: Db | Tx, condition: SQL): Promise<StaffAccount | null> => {
  const [row] = await db.execute<StaffAccount & Record<string, unknown>>(
    sql`select ${columns}, s.pin_hash as "pinHash" from customers.staff_members s where ${condition}`,
  );
  return row ?? null;
};

/** The person of a code, active or not, with the hash of the PIN, in one statement. */
export const findStaffAccount = (db: Db | Tx, code: string): Promise<StaffAccount | null> =>
  accountWhere(db, sql`s.code = ${code}`);

/** The person of an id, active or not, with the hash of the PIN. */
export const findStaffAccountById = (db: Db | Tx, id: string): Promise<StaffAccount | null> =>
  accountWhere(db, sql`s.staff_id = ${id}::uuid`);

/** Who an external issuer names, if active, held so that nobody deactivates them before the transaction ends. */
export async function holdStaffOfSubject(tx: Tx, issuer: string, subject: string): Promise<StaffMember | null> {
  const [row] = await tx.execute<Row>(sql`
    select ${columns} from customers.staff_members s
    where s.external_issuer = ${issuer} and s.external_subject = ${subject} and s.active for share`);
  return row ?? null;
}

/** The person whose PIN was verified, held as it is until the transaction ends; null when it was changed or they were deactivated meanwhile. */
export async function holdStaffOfPin(tx: Tx, id: string, pinHash: string): Promise<StaffMember | null> {
  const [row] = await tx.execute<Row>(sql`
    select ${columns} from customers.staff_members s
    where s.staff_id = ${id}::uuid and s.pin_hash = ${pinHash} and s.active for share`);
  return row ?? null;
}

/** The person of a code, locked until the transaction ends; null when there is none. */
export async function lockStaffMember(tx: Tx, code: string): Promise<StaffMember | null> {
  const [row] = await tx.execute<Row>(
    sql`select ${columns} from customers.staff_members s where s.code = ${code} for update`,
  );
  return row ?? null;
}

const valuesOf = (state: StaffMemberState) => ({
  scopes: sql`${sql.param([...state.scopes])}::text[]`,
  allLocations: sql`${state.locationIds === null}::boolean`,
  locationIds: uuids(state.locationIds ?? []),
});

/**
 * Makes a person of the staff under `id`, in one statement. @returns null when the code is taken.
 * @throws with the constraint `staff_members_external` when somebody else is that to the issuer.
 */
export async function insertStaffMember(tx: Tx, id: string, state: StaffMemberState): Promise<StaffMember | null> {
  const { scopes, allLocations, locationIds } = valuesOf(state);
  const [row] = await tx.execute<Row>(sql`
    insert into customers.staff_members as s (staff_id, code, display_name, scopes, all_locations, location_ids, external_issuer,
      external_subject, active, version, created_at, updated_at)
    values (${id}::uuid, ${state.code}, ${state.name}, ${scopes}, ${allLocations}, ${locationIds}, ${state.externalIssuer},
      ${state.externalSubject}, ${state.active}, 1, customers.app_now(), customers.app_now())
    on conflict on constraint staff_members_code do nothing returning ${columns}`);
  return row ?? null;
}

/** Changes a person of the staff, whose row is locked. @throws as `insertStaffMember`. */
export async function updateStaffMember(tx: Tx, state: StaffMemberState): Promise<StaffMember> {
  const { scopes, allLocations, locationIds } = valuesOf(state);
  const [row] = await tx.execute<Row>(sql`
    update customers.staff_members s set display_name = ${state.name}, scopes = ${scopes}, all_locations = ${allLocations},
      location_ids = ${locationIds}, external_issuer = ${state.externalIssuer}, external_subject = ${state.externalSubject},
      active = ${state.active}, version = s.version + 1, updated_at = customers.app_now()
    where s.code = ${state.code} returning ${columns}`);
  return row!;
}

/**
 * Sets a PIN, in one statement. @param before the hash that was verified, or that was there when it was decided that it may be set.
 * @returns null when the PIN is not that any more.
 */
export async function updatePin(
  tx: Tx,
  id: string,
  { pinHash, before }: { readonly pinHash: string; readonly before: string | null },
): Promise<StaffMember | null> {
  const [row] = await tx.execute<Row>(sql`
    update customers.staff_members s set pin_hash = ${pinHash}, pin_changed_at = customers.app_now(), updated_at = customers.app_now()
    where s.staff_id = ${id}::uuid and s.pin_hash is not distinct from ${before} returning ${columns}`);
  return row ?? null;
}
