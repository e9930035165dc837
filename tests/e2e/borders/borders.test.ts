import { SCHEMAS } from '@kontor/stack/src/services.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe('the border between subgraphs in PostgreSQL', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase(SCHEMAS);
  });
  afterAll(() => database.drop());

  it('refuses every role every table of every other schema', async () => {
    for (const role of SCHEMAS) {
      const { sql } = database.open(role);
      for (const schema of SCHEMAS.filter((each) => each !== role)) {
        await expect(sql.unsafe(`select * from ${schema}.migrations`), `${role} reads ${schema}`).rejects.toMatchObject(
          { code: '42501' },
        );
        await expect(
          sql.unsafe(`create table ${schema}.intruder (id int)`),
          `${role} writes ${schema}`,
        ).rejects.toMatchObject({ code: '42501' });
      }
      await expect(sql.unsafe(`select count(*) from ${role}.migrations`)).resolves.toHaveLength(1);
    }
  });

  it('gives no role a right on a relation outside of its own schema', async () => {
    const { sql } = database.open('products');
    const grants = await sql<{ grantee: string; table_schema: string }[]>`
      select r.rolname as grantee, n.nspname as table_schema
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace and n.nspname = any(${[...SCHEMAS]})
      cross join pg_roles r
      where r.rolname like 'kontor\\_%' and c.relkind in ('r', 'p', 'v', 'S')
        and r.rolname <> 'kontor_' || n.nspname
        and has_table_privilege(r.oid, c.oid, 'select, insert, update, delete')`;
    expect([...grants]).toEqual([]);
  });
});
