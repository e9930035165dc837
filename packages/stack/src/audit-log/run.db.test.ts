import { randomBytes } from 'node:crypto';
import { appendEntries } from '@kontor/customers/src/commands/audit/append-entries.ts';
import { createCheckpointSigner } from '@kontor/customers/src/commands/audit/checkpoint-signer.ts';
import { createSealing } from '@kontor/customers/src/sealing/sealing.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import postgres from 'postgres';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runAuditLog } from './run.ts';

let database: TestDatabase;
let db: Database;
beforeEach(async () => {
  database = await createTestDatabase(['customers']);
  db = database.open('customers');
});
afterEach(() => database.drop());

async function write(count: number): Promise<void> {
  const signer = createCheckpointSigner(
    db,
    silentLogger,
    createSealing(() => Promise.resolve(Buffer.alloc(32, 1))),
  );
  const entries = Array.from({ length: count }, () => ({
    ...{ entryId: newId(), at: '2026-01-31T12:00:00.000000Z', subgraph: 'stock', actor: 'staff', subject: 'staff-1' },
    ...{
      credentialId: null,
      staffId: null,
      deviceId: null,
      channel: 'web',
      requestId: 'r',
      action: 'Mutation.stockCount',
    },
    ...{
      entityIds: [newId()],
      inputDigest: randomBytes(32).toString('hex'),
      inputSalt: randomBytes(32).toString('hex'),
    },
    ...{ outcome: 'DONE', reason: null },
  }));
  await appendEntries(db, signer, entries);
  await signer.signWhenDue();
}

async function forge(statement: string): Promise<void> {
  const admin = postgres(database.adminUrl, { max: 1 });
  await admin.begin(async (tx) => {
    await tx.unsafe('set local session_replication_role = replica');
    await tx.unsafe(statement);
  });
  await admin.end();
}

async function run(...words: string[]): Promise<{ code: number; lines: string[]; complaints: string[] }> {
  const lines: string[] = [];
  const complaints: string[] = [];
  const code = await runAuditLog(words, {
    connect: () => Promise.resolve({ db, close: () => Promise.resolve() }),
    progress: { update: () => undefined, stop: () => undefined },
    print: (line) => void lines.push(line),
    complain: (line) => void complaints.push(line),
  });
  return { code, lines, complaints };
}
const lastToken = async () =>
  (await db.sql<[{ token: string }]>`select token from customers.audit_checkpoints order by seq desc limit 1`)[0].token;

it('reads everything, however many pages it has, publishes the keys and exits with 0', async () => {
  await write(5_010);
  const { code, lines } = await run('verify');
  const [{ key }] = await db.sql<[{ key: string }]>`select key_id as key from customers.audit_keys`;
  expect(code).toBe(0);
  expect(lines.at(-1)).toBe('5010 entries checked: nothing is wrong');
  expect(lines[0]).toMatch(`key ${key}  {"kty":"OKP"`.slice(0, 20));
  expect(lines[0]).not.toContain('"d"');
  expect(lines[1]).toBe(`last checkpoint, entry 5000: ${await lastToken()}`);
});

it('says at which entry the log is not what it was, and exits with 1', async () => {
  await write(12);
  await forge("update customers.audit_entries set subject = 'x' where seq = 7");
  const { code, lines } = await run('verify');
  expect(code).toBe(1);
  expect(lines[0]).toBe('BROKEN  entry 7: the entry is not what was hashed');
  expect(lines.at(-1)).toBe('6 entries checked: the log is not what it was');
});

it('finds by a checkpoint that was kept elsewhere what nothing in the database tells any more', async () => {
  await write(12);
  const kept = await lastToken();
  await forge(`delete from customers.audit_entries where seq > 5; delete from customers.audit_checkpoints;
    update customers.audit_head set seq = 5, signed_seq = 0, signed_at = null, hash = (select hash from customers.audit_entries where seq = 5)`);
  expect(await run('verify')).toMatchObject({ code: 0 });
  const { code, lines } = await run('verify', '--checkpoint', kept);
  expect(code).toBe(1);
  expect(lines[0]).toBe('BROKEN  entry 12: it is missing, and a checkpoint that was given signed it');
});

it('holds the last checkpoint against the key that was noted when it was made', async () => {
  await write(3);
  const [{ key }] = await db.sql<[{ key: string }]>`select key_id as key from customers.audit_keys`;
  expect((await run('verify', '--key', key, '--checkpoint', await lastToken())).code).toBe(0);
  const { code, lines } = await run('verify', '--key', 'another');
  expect([code, lines[0]]).toEqual([1, 'BROKEN  the last checkpoint is not signed with the key another']);
});

it('prints what it found as JSON', async () => {
  await write(3);
  const { lines } = await run('verify', '--json');
  expect(JSON.parse(lines.join('\n'))).toMatchObject({ ok: true, checked: 3, faults: [], lastCheckpoint: { seq: 3 } });
});

it('is right for a log that has no entry', async () => {
  expect(await run('verify')).toEqual({ code: 0, lines: ['0 entries checked: nothing is wrong'], complaints: [] });
});

it.each([[['verify', '--nothing']], [['repair']]])('complains about %j and exits with 2', async (words) => {
  const { code, complaints } = await run(...words);
  expect(code).toBe(2);
  expect(complaints[0]).toContain('Usage:');
});
