import { randomBytes } from 'node:crypto';
import type { Database } from '@kontor/kit/src/database.ts';

/** A key of the service that is made once: whoever comes first, all processes get the same. */
async function readSecret({ sql }: Database, name: string): Promise<Uint8Array> {
  await sql`insert into orders.secrets (name, value) values (${name}, ${randomBytes(32)}) on conflict on constraint secrets_pkey do nothing`;
  const [row] = await sql<{ value: Uint8Array }[]>`select value from orders.secrets where name = ${name}`;
  if (!row) throw new Error(`the secret ${name} is gone`);
  return row.value;
}

/** Reads such a key when it is first needed, and keeps it in memory; what failed is tried again by the next call. */
export function secretOf(db: Database, name: string): () => Promise<Uint8Array> {
  let secret: Promise<Uint8Array> | undefined;
  return () => {
    secret ??= readSecret(db, name).catch((error: unknown) => {
      secret = undefined;
      throw error;
    });
    return secret;
  };
}
