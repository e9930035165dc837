import postgres from 'postgres';

/** A value that stands somewhere. */
export interface FoundValue {
  /** `schema.table`. */
  readonly table: string;
  /** The columns that hold it. */
  readonly columns: readonly string[];
  readonly value: string;
}

/**
 * Looks for values in every row of every table of a database, whatever they hold by now: a table or a column that is new is looked at by
 * itself. A value is found in upper and lower case, within longer texts, in JSON, in arrays and as the bytes of binary columns.
 * @param adminUrl a role that may read all of it.
 * @param values parts of texts that stand nowhere else, such as marks of a test.
 * @param schemas all but PostgreSQL's own when absent.
 * @returns where they are, in order of table and value; one entry per table and value.
 */
export async function scanForValues(
  adminUrl: string,
  values: readonly string[],
  schemas?: readonly string[],
): Promise<FoundValue[]> {
  const sql = postgres(adminUrl, { max: 1, onnotice: () => undefined });
  try {
    const tables = await sql<{ schema: string; name: string; columns: string[] }[]>`
      select table_schema as schema, table_name as name, array_agg(column_name::text order by ordinal_position) as columns
      from information_schema.columns join information_schema.tables using (table_schema, table_name)
      where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')
        and (${schemas === undefined} or table_schema = any(${[...(schemas ?? [])]}::text[]))
      group by 1, 2 order by 1, 2`;
    const found: FoundValue[] = [];
    for (const { schema, name, columns } of tables) {
      const rowsWith = (some: readonly string[], most: number) => sql<{ row: Record<string, unknown> }[]>`
        select to_jsonb(t) as row from ${sql(schema)}.${sql(name)} t where t::text ilike any(${patternsOf(some)}) limit ${most}`;
      // Most tables hold none: those are read once.
      if ((await rowsWith(values, 1)).length === 0) continue;
      for (const value of values) {
        const rows = await rowsWith([value], ROWS);
        if (rows.length === 0) continue;
        const holding = columns.filter((column) => rows.some(({ row }) => holds(row[column], value)));
        found.push({ table: `${schema}.${name}`, columns: holding, value });
      }
    }
    return found;
  } finally {
    await sql.end();
  }
}

/** Rows by which the columns are told. */
const ROWS = 20;

const patternsOf = (values: readonly string[]): string[] =>
  values.flatMap((value) => [value, Buffer.from(value).toString('hex')]).map((text) => `%${escape(text)}%`);

const escape = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

function holds(content: unknown, value: string): boolean {
  const text = JSON.stringify(content ?? null).toLowerCase();
  return text.includes(value.toLowerCase()) || text.includes(Buffer.from(value).toString('hex'));
}
