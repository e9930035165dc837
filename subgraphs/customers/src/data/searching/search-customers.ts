import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql, type SQL } from 'drizzle-orm';
import type { Customer } from '../../domain/profile/customer.ts';
import type { Search } from '../../domain/searching/read-search.ts';
import { profileColumns, profileJoins } from '../profile/customers.ts';

export type MatchedBy = 'EMAIL' | 'LOYALTY_CARD' | 'PHONE' | 'NAME';

/** A profile that was found, with what it was found by. */
export type FoundMatch = Customer & {
  readonly matchedBy: MatchedBy;
  /** From 0 to 1: 1 for what identifies the person, below 0.8 for names. */
  readonly score: number;
  readonly loyaltyCard: string | null;
};

/** So many digits at the end of a number tell it from most others. */
const TELLING_DIGITS = 7;
const SCORE = { whole: 1, unverified: 0.95, telling: 0.9, ending: 0.8 };
/** The best name stays behind the worst number. */
const NAME_SCORE = 0.75;

/**
 * People who are meant by a typed text, best first; those who were merged or erased are not among them. One statement, whose work is bounded
 * by indexes: exact ones for identities, one over reversed digits for the ends of numbers, trigrams for names.
 * @param most how many at most.
 */
export async function searchCustomers(db: Db | Tx, search: Search, most: number): Promise<FoundMatch[]> {
  const branches = branchesOf(search, most);
  return await db.execute<FoundMatch & Record<string, unknown>>(sql`
    with hits as (${sql.join(branches, sql` union all `)}),
    best as materialized (
      select distinct on (customer_id) customer_id, matched_by, score from hits order by customer_id, score desc, matched_by
    )
    select ${profileColumns}, best.matched_by as "matchedBy", best.score,
      (select value from customers.identities card where card.customer_id = c.customer_id and card.kind = 'LOYALTY_CARD'
        order by card.is_primary desc, card.created_at, card.value limit 1) as "loyaltyCard"
    from best join customers.customers c on c.customer_id = best.customer_id ${profileJoins}
    where c.merged_into is null and c.erased_at is null
    order by best.score desc, c.family_name, c.given_name, c.customer_id limit ${most}`);
}

function branchesOf({ email, card, phone, phoneEnding, name }: Search, most: number): SQL[] {
  const branches: SQL[] = [];
  if (email !== null) branches.push(exactly('EMAIL', [email]));
  // Cards are kept as they were issued: in capitals or not.
  if (card !== null) branches.push(exactly('LOYALTY_CARD', [...new Set([card, card.toUpperCase()])]));
  if (phone !== null)
    branches.push(sql`
      (select customer_id, 'PHONE' as matched_by, case when verified_at is null then ${SCORE.unverified}::float8 else ${SCORE.whole}::float8 end as score
      from customers.identities where kind = 'PHONE' and value = ${phone} limit ${most})`);
  if (phoneEnding !== null) branches.push(endingWith(phoneEnding, most));
  if (name !== null)
    branches.push(
      sql`(select customer_id, 'NAME' as matched_by, similarity * ${NAME_SCORE}::float8 as score from customers.similar_names(${name}, ${most}))`,
    );
  return branches;
}

const exactly = (kind: 'EMAIL' | 'LOYALTY_CARD', values: readonly string[]): SQL => sql`
  (select customer_id, ${sql.raw(`'${kind}'`)} as matched_by, ${SCORE.whole}::float8 as score from customers.identities
  where kind = ${sql.raw(`'${kind}'`)} and source = '' and value in (${sql.join(
    values.map((value) => sql`${value}`),
    sql`, `,
  )}))`;

/** Numbers whose last digits are these: a range of the index over reversed numbers, so that no plan depends on what a pattern begins with. */
function endingWith(digits: string, most: number): SQL {
  const from = [...digits].reverse().join('');
  const to = from.slice(0, -1) + String.fromCharCode(from.charCodeAt(from.length - 1) + 1);
  const score = digits.length >= TELLING_DIGITS ? SCORE.telling : SCORE.ending;
  return sql`
    (select customer_id, 'PHONE' as matched_by, ${score}::float8 as score from customers.identities
    where kind = 'PHONE' and reverse(value) collate "C" >= ${from} and reverse(value) collate "C" < ${to}
    order by reverse(value) collate "C" limit ${most})`;
}
