import type postgres from 'postgres';

/**
 * What changes when somebody is refused: attempts are counted, and what staff try to get at is told to the audit. Everything else stays.
 */
const WRITTEN_BY_REFUSALS: ReadonlySet<string> = new Set(['customers.attempts']);
const AUDITED = '%.staff.acted';

/** A digest of each table of a schema, by its name; tables whose rows are as they were have the same. */
export async function digestOf(sql: postgres.Sql, schema: string): Promise<Record<string, string>> {
  const tables = await sql<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = ${schema} and table_type = 'BASE TABLE'
      and not exists (select from pg_inherits where inhrelid = format('%I.%I', table_schema, table_name)::regclass)
    order by 1`;
  const digests = await Promise.all(
    tables
      .filter(({ name }) => !WRITTEN_BY_REFUSALS.has(`${schema}.${name}`))
      .map(async ({ name }) => {
        const isOutbox = name === 'outbox';
        const [row] = await sql<{ digest: string }[]>`
          select coalesce(md5(string_agg(md5(t::text), '' order by md5(t::text))), '') as digest from ${sql(schema)}.${sql(name)} t
          ${isOutbox ? sql`where topic not like ${AUDITED}` : sql``}`;
        return [name, row!.digest] as const;
      }),
  );
  return Object.fromEntries(digests);
}
