import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { LoyaltyRules } from '../../domain/loyalty/rules.ts';

/** The programme as it is now; null before anybody has set it. */
export async function findRules(db: Db | Tx): Promise<LoyaltyRules | null> {
  const [row] = await db.execute<{ version: number; rules: Omit<LoyaltyRules, 'version'> }>(
    sql`select version, rules from customers.loyalty_rules order by version desc limit 1`,
  );
  return row ? { ...row.rules, version: row.version } : null;
}

/** Sets the programme when its version is still the one before, in one statement. @returns whether it was. */
export async function insertRules(db: Db | Tx, { version, ...rules }: LoyaltyRules, setBy: string): Promise<boolean> {
  const rows = await db.execute(sql`
    insert into customers.loyalty_rules (version, rules, set_by, set_at)
    select ${version}::integer, ${JSON.stringify(rules)}::jsonb, ${setBy}, customers.app_now() where customers.loyalty_version() = ${version - 1}
    on conflict on constraint loyalty_rules_pkey do nothing returning version`);
  return rows.length > 0;
}
