import { createTestDatabase } from '@kontor/testkit/src/database.ts';
import { expect, it } from 'vitest';
import { describeTables } from '../../../../drizzle/shared/describe-tables.ts';
import * as tables from '../../../../drizzle/prices/tables.ts';

it('describes the tables as the migrations make them', async () => {
  const testDb = await createTestDatabase(['prices']);
  try {
    const rows = await testDb.open('prices').sql<{ table: string; columns: string[]; names: string[] }[]>`
      select c.relname as table,
        array(select a.attname || ' ' || replace(format_type(a.atttypid, null), 'prices.', '') || case when a.attcollation = '"C"'::regcollation then ' collate "C"' else '' end || case when a.attnotnull then ' not null' else '' end
          from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
        array(select k.conname::text from pg_constraint k where k.conrelid = c.oid and k.contype in ('p', 'u', 'c', 'f')
          union select i.relname::text from pg_index x join pg_class i on i.oid = x.indexrelid where x.indrelid = c.oid) as names
      from pg_class c where c.relnamespace = 'prices'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'migrations'`;
    const made = rows
      .map(({ table, columns, names }) => ({ table, columns: [...columns].sort(), names: [...names].sort() }))
      .sort((one, other) => (one.table < other.table ? -1 : 1));

    expect(describeTables(tables)).toEqual(made);
  } finally {
    await testDb.drop();
  }
});
