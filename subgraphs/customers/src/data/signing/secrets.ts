import { randomBytes } from 'node:crypto';
import type { Database } from '@kontor/kit/src/database.ts';

/** A key of the service that is made once: whoever comes first, all processes get the same. */
export async function readSecret({ sql }: Database, name: string): Promise<Uint8Array> {
  await sql`insert into customers.secrets (name, value) values (${name}, ${randomBytes(32)}) on conflict on constraint secrets_pkey do nothing`;
  const [row] = await sql<{ value: Uint8Array }[]>`select value from customers.secrets where name = ${name}`;
  if (!row) throw new Error(`the secret ${name} is gone`);
  return row.value;
}
