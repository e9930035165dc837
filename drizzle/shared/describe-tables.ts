import { is } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';

/** A table by what can be compared with the database: its columns, and the names of everything else. */
export interface TableDescription {
  readonly table: string;
  /** `name type`, with ` not null` where it is; in order of name. */
  readonly columns: readonly string[];
  /** Names of its keys, checks and indexes, in order. */
  readonly names: readonly string[];
}

/** Describes the tables among what a module exports, in order of name. */
export function describeTables(exported: Readonly<Record<string, unknown>>): TableDescription[] {
  return Object.values(exported)
    .filter((value) => is(value, PgTable))
    .map((table) => {
      const { name, columns, primaryKeys, uniqueConstraints, checks, foreignKeys, indexes } = getTableConfig(table);
      const named = [...primaryKeys, ...uniqueConstraints, ...foreignKeys].map((each) => each.getName());
      return {
        table: name,
        columns: columns
          .map((column) => `${column.name} ${column.getSQLType()}${column.notNull ? ' not null' : ''}`)
          .sort(),
        names: [
          ...(columns.some((column) => column.primary) ? [`${name}_pkey`] : []),
          ...named,
          ...checks.map((check) => check.name),
          ...indexes.map((index) => index.config.name),
        ]
          .map(String)
          .sort(),
      };
    })
    .sort((one, other) => (one.table < other.table ? -1 : 1));
}
