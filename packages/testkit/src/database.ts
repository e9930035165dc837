import { fileURLToPath } from 'node:url';
import { migrate, openDatabase, provision, type Database, type DatabaseOptions } from '@kontor/kit/src/database.ts';
import postgres from 'postgres';
import { inject } from 'vitest';
import './global-setup.ts';

/** The migrations folder of a schema. */
export const migrationsOf = (schema: string): string =>
  fileURLToPath(new URL(`../../../drizzle/${schema}/migrations`, import.meta.url));

/** The PostgreSQL of the worker that asks. */
export function adminUrlOfWorker(): string {
  const urls = inject('adminUrls');
  return urls[(Number(process.env['VITEST_POOL_ID'] ?? 1) - 1) % urls.length]!;
}

/** A PostgreSQL database of a test file's own. */
export interface TestDatabase {
  /** The administrator's URL of this database. */
  readonly adminUrl: string;
  /** The URLs of the schemas' own roles. */
  readonly urls: Readonly<Record<string, string>>;
  /** A pool of the schema's own role; closed with the database. */
  open(schema: string, options?: Partial<DatabaseOptions>): Database;
  drop(): Promise<void>;
}

let count = 0;

/**
 * Makes a database with the schemas, their roles and their migrations. Drop it in `afterAll`.
 * @param folderOf where a schema's migrations are; for tests that begin with those of before.
 */
export async function createTestDatabase(
  schemas: readonly string[],
  folderOf: (schema: string) => string = migrationsOf,
): Promise<TestDatabase> {
  const clusterUrl = adminUrlOfWorker();
  const name = `test_${process.pid}_${Date.now().toString(36)}_${(count += 1)}`;
  const admin = postgres(clusterUrl, { max: 1, onnotice: () => undefined });
  await admin.unsafe(`create database "${name}"`);
  const url = new URL(clusterUrl);
  url.pathname = `/${name}`;
  const urls = await provision(url.href, schemas);
  await Promise.all(schemas.map((schema) => migrate(urls[schema]!, schema, folderOf(schema))));
  const opened: Database[] = [];
  return {
    adminUrl: url.href,
    urls,
    open(schema, options = {}) {
      const database = openDatabase({ url: urls[schema]!, name: `${schema}-test`, ...options });
      opened.push(database);
      return database;
    },
    async drop() {
      await Promise.all(opened.map((each) => each.close()));
      await admin.unsafe(`drop database if exists "${name}" with (force)`);
      await admin.end();
    },
  };
}
