import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import { ACCESS_TOKEN_S } from '../../domain/signing/session.ts';

/** A key as it is made: whoever verifies must know it before it signs. */
export interface NewSigningKey {
  readonly kid: string;
  readonly sealedKey: string;
  readonly publicKey: Readonly<Record<string, unknown>>;
}

/** So long is a key known before it signs: longer than anybody remembers the public keys. */
const PUBLISHED = '10 minutes';
/** So long does a key sign. */
const SIGNS = '30 days';
/** Clocks differ. */
const LEEWAY_S = 60;
/** So long does a process remember which key signs. */
const REMEMBERED_S = 60;

/** The key that signs now. @returns how long that stays so, in milliseconds, at most a minute; null when there is no key. */
export async function findSigningKey(
  db: Db | Tx,
): Promise<{ readonly kid: string; readonly sealedKey: string; readonly freshMs: number } | null> {
  const [row] = await db.execute<{ kid: string; sealedKey: string; freshMs: number }>(sql`
    select kid, sealed_key as "sealedKey",
      (extract(epoch from least(${REMEMBERED_S} * interval '1 second', retires_at - customers.app_now())) * 1000)::int as "freshMs"
    from customers.signing_keys
    where signs_from <= customers.app_now() and (retires_at is null or retires_at > customers.app_now())
    order by signs_from desc limit 1`);
  return row ?? null;
}

/** The keys whose tokens are good now or soon, the oldest first. */
export const findVerifyingKeys = (db: Db | Tx): Promise<{ kid: string; publicKey: Record<string, unknown> }[]> =>
  db.execute<{ kid: string; publicKey: Record<string, unknown> }>(sql`
    select kid, public_key as "publicKey" from customers.signing_keys
    where ends_at is null or ends_at > customers.app_now() order by signs_from, kid`);

/** Makes the first key, which signs at once, unless there is one. @returns whether it was made; of many at once, one is. */
export async function insertFirstKey(db: Db | Tx, key: NewSigningKey): Promise<boolean> {
  const rows = await db.execute(sql`
    insert into customers.signing_keys (kid, sealed_key, public_key, created_at, signs_from)
    select ${key.kid}, ${key.sealedKey}, ${JSON.stringify(key.publicKey)}::jsonb, customers.app_now(), customers.app_now()
    where not exists (select from customers.signing_keys where retires_at is null)
    on conflict do nothing returning kid`);
  return rows.length > 0;
}

/** Whether the newest key has signed for as long as a key does. */
export async function isRotationDue(db: Db | Tx): Promise<boolean> {
  const rows = await db.execute(sql`
    select from customers.signing_keys where retires_at is null and signs_from <= customers.app_now() - ${SIGNS}::interval`);
  return rows.length > 0;
}

/**
 * Gives the newest key a successor, which is known for ten minutes before it signs, in one statement: of many at once, one does, since
 * the others find that it has one.
 * @param when `due`: only if it has signed for as long as a key does; `now`: if it signs already.
 * @returns whether it did.
 */
export async function insertSuccessor(db: Db | Tx, key: NewSigningKey, when: 'due' | 'now'): Promise<boolean> {
  const age = when === 'due' ? sql`${SIGNS}::interval` : sql`interval '0'`;
  const rows = await db.execute(sql`
    with retired as (
      update customers.signing_keys set retires_at = customers.app_now() + ${PUBLISHED}::interval,
        ends_at = customers.app_now() + ${PUBLISHED}::interval + ${ACCESS_TOKEN_S + LEEWAY_S} * interval '1 second'
      where retires_at is null and signs_from <= customers.app_now() - ${age} returning kid
    )
    insert into customers.signing_keys (kid, sealed_key, public_key, created_at, signs_from)
    select ${key.kid}, ${key.sealedKey}, ${JSON.stringify(key.publicKey)}::jsonb, customers.app_now(), customers.app_now() + ${PUBLISHED}::interval
    from retired returning kid`);
  return rows.length > 0;
}

/**
 * Replaces all keys by one that signs at once, in one statement: nothing that they signed is good any more.
 * @returns whether it did: of two at once, the second leaves the key of the first.
 */
export async function replaceKeys(db: Db | Tx, key: NewSigningKey): Promise<boolean> {
  const rows = await db.execute(sql`
    with gone as (delete from customers.signing_keys returning kid)
    insert into customers.signing_keys (kid, sealed_key, public_key, created_at, signs_from)
    select ${key.kid}, ${key.sealedKey}, ${JSON.stringify(key.publicKey)}::jsonb, customers.app_now(), customers.app_now()
    from (select count(*) from gone) all_gone on conflict do nothing returning kid`);
  return rows.length > 0;
}

/** Forgets keys that verify nothing any more. They are few: one a month. */
export async function purgeSigningKeys(db: Db): Promise<void> {
  await db.execute(sql`delete from customers.signing_keys where ends_at <= customers.app_now()`);
}
