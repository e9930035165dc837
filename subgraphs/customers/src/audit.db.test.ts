import { randomBytes } from 'node:crypto';
import { digestInput } from '@kontor/kit/src/audit/describe-input.ts';
import type { StaffActed } from '@kontor/kit/src/audit/staff-acted.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import type { DomainEvent } from '@kontor/kit/src/events/event.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import postgres, { type Sql } from 'postgres';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCheckpointSigner, type CheckpointSigner } from './commands/audit/checkpoint-signer.ts';
import { hashEntry } from './commands/audit/hash-entry.ts';
import { verifyAudit } from './commands/audit/verify-audit.ts';
import { consumeStaffActed } from './consumers/staff-acted.ts';
import { findChain } from './data/audit/chain.ts';
import { contentOf } from './domain/audit/entry.ts';
import { createSealing } from './sealing/sealing.ts';

let database: TestDatabase;
let db: Database;
let admin: Sql;
let bus: ReturnType<typeof createMemoryBus>;
let signer: CheckpointSigner;

const sealing = createSealing(() => Promise.resolve(randomBytes(32)));

beforeEach(async () => {
  database = await createTestDatabase(['customers']);
  db = database.open('customers');
  admin = postgres(database.adminUrl, { max: 1, onnotice: () => undefined });
  bus = createMemoryBus();
  signer = createCheckpointSigner(db, silentLogger, sealing);
  await consumeStaffActed(bus, db, signer, silentLogger);
});
afterEach(async () => {
  await admin.end();
  await database.drop();
});

const acted = (change: Partial<StaffActed> = {}, subgraph = 'stock'): DomainEvent<StaffActed> => {
  const inputSalt = randomBytes(32).toString('hex');
  return {
    eventId: newId(),
    topic: `${subgraph}.staff.acted`,
    key: 'staff-1',
    occurredAt: new Date().toISOString(),
    payload: {
      actor: 'staff',
      subject: 'staff-1',
      credentialId: null,
      staffId: null,
      deviceId: null,
      channel: 'web',
      requestId: 'test-request',
      action: 'Mutation.stockCount',
      entityIds: [newId()],
      inputDigest: digestInput({ input: {} }, inputSalt),
      inputSalt,
      outcome: 'DONE',
      reason: null,
      ...change,
    },
  };
};
const many = (count: number) => Array.from({ length: count }, () => acted());
const chain = () => findChain(db.orm, 0, 10_000);
const verify = (most = 10_000) => verifyAudit(db, null, most);
/** Does what only somebody can do who owns the database. */
const forge = (statement: string) =>
  admin.begin(async (tx) => {
    await tx.unsafe('set local session_replication_role = replica');
    await tx.unsafe(statement);
  });
/** Writes all hashes anew from an entry on, and the head. */
async function rewriteFrom(first: number): Promise<void> {
  const entries = await chain();
  let previousHash = entries[first - 2]?.hash ?? '00'.repeat(32);
  for (const [index, entry] of entries.entries()) {
    if (entry.seq < first) continue;
    const hash = hashEntry(previousHash, { ...entry, seq: index + 1 });
    await forge(`update customers.audit_entries set seq = ${index + 1}, previous_hash = decode('${previousHash}', 'hex'),
      hash = decode('${hash}', 'hex') where entry_id = '${entry.entryId}'`);
    previousHash = hash;
  }
  await forge(`update customers.audit_head set seq = ${entries.length}, hash = decode('${previousHash}', 'hex')`);
}

describe('the chain', () => {
  it('takes entries of all subgraphs into one order without gaps, however many come at once', async () => {
    const subgraphs = ['products', 'prices', 'stock', 'orders', 'customers'];
    const events = Array.from({ length: 50 }, (_, index) => acted({}, subgraphs[index % 5]));
    await Promise.all(events.map((event) => bus.publish([event])));
    const entries = await chain();
    expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    expect(new Set(entries.map(({ entryId }) => entryId))).toEqual(new Set(events.map(({ eventId }) => eventId)));
    expect(new Set(entries.map(({ subgraph }) => subgraph))).toEqual(new Set(subgraphs));
    expect(await verify()).toEqual({
      ok: true,
      checkedFrom: 1,
      checkedTo: 50,
      brokenAt: null,
      reason: null,
      next: null,
    });
  });

  it('keeps exactly what was told', async () => {
    const event = acted({ staffId: 's', deviceId: 'd', credentialId: 'c', outcome: 'REFUSED', reason: 'NotFound' });
    await bus.publish([event]);
    const { inputSalt, ...told } = event.payload;
    const [entry] = await chain();
    expect(entry).toEqual({
      ...told,
      seq: 1,
      entryId: event.eventId,
      at: event.occurredAt.replace('Z', '000Z'),
      subgraph: 'stock',
      previousHash: '00'.repeat(32),
      hash: hashEntry('00'.repeat(32), entry!),
    });
    const [salt] = await db.sql<{ salt: string }[]>`select encode(salt, 'hex') as salt from customers.audit_salts`;
    expect(salt).toEqual({ salt: inputSalt });
  });

  it('takes a repeated delivery once, also within one batch and at once', async () => {
    const events = many(5);
    await bus.publish([...events, ...events]);
    await Promise.all([bus.publish(events), bus.publish(events.slice(2)), bus.publish([...events].reverse())]);
    expect((await chain()).map(({ entryId }) => entryId)).toEqual(events.map(({ eventId }) => eventId));
    expect(await verify()).toMatchObject({ ok: true, checkedTo: 5 });
  });

  it('passes over what is no entry, and takes what stands beside it', async () => {
    const wrong = acted({ outcome: 'NOTHING' as 'DONE' });
    const hostile = { ...acted(), payload: JSON.parse('{"__proto__":{"actor":"staff"}}') as StaffActed };
    const right = acted();
    await bus.publish([wrong, hostile, right]);
    expect((await chain()).map(({ entryId }) => entryId)).toEqual([right.eventId]);
  });

  it('writes the hashed bytes as they are documented', () => {
    const entry = {
      ...{
        seq: 7,
        entryId: 'e',
        at: '2026-01-31T12:00:00.000000Z',
        subgraph: 'stock',
        actor: 'staff',
        subject: 'ä"\u2028',
      },
      ...{ credentialId: null, staffId: 's', deviceId: null, channel: 'web', requestId: 'r', action: 'Mutation.x' },
      ...{ entityIds: ['a', 'b'], inputDigest: 'd', outcome: 'DONE', reason: null },
    };
    expect(contentOf(entry)).toBe(
      '["kontor.audit.1","7","e","2026-01-31T12:00:00.000000Z","stock","staff","ä\\"\u2028",null,"s",null,"web","r","Mutation.x",["a","b"],"d","DONE",null]',
    );
    expect(hashEntry('00'.repeat(32), entry)).toBe('be1fde8cb8971c5e2baee0bd3a3b171cc06d446ecd363b01cd8be1d1a7eb6f65');
  });

  it.each([
    "update customers.audit_entries set subject = 'somebody else' where seq = 2",
    'delete from customers.audit_entries where seq = 2',
    'truncate customers.audit_entries',
    'delete from customers.audit_checkpoints',
    'truncate customers.audit_checkpoints',
  ])('refuses: %s', async (statement) => {
    await bus.publish(many(3));
    await db.sql`update customers.audit_head set signed_at = '-infinity'`;
    await signer.signWhenDue();
    await expect(db.sql.unsafe(statement)).rejects.toThrow('the audit log is only ever appended to');
    expect(await verify()).toMatchObject({ ok: true, checkedTo: 3 });
  });
});

describe('what is found out', () => {
  it.each([
    ['another subject', "update customers.audit_entries set subject = 'somebody else' where seq = 4", 4, 'ALTERED'],
    [
      'another microsecond',
      "update customers.audit_entries set at = at + interval '1 microsecond' where seq = 4",
      4,
      'ALTERED',
    ],
    ['another object', "update customers.audit_entries set entity_ids = '{}' where seq = 4", 4, 'ALTERED'],
    ['an entry without its place', 'delete from customers.audit_entries where seq = 4', 4, 'MISSING'],
    ['the first entry gone', 'delete from customers.audit_entries where seq = 1', 1, 'MISSING'],
    ['the last entry gone', 'delete from customers.audit_entries where seq = 9', 9, 'CUT_OFF'],
    [
      'two entries that changed places',
      'update customers.audit_entries set seq = case seq when 4 then -7 else -4 end where seq in (4, 7); update customers.audit_entries set seq = -seq where seq < 0',
      4,
      'UNLINKED',
    ],
    ['all entries gone', 'delete from customers.audit_entries', 1, 'CUT_OFF'],
  ])('%s', async (_, statement, brokenAt, reason) => {
    await bus.publish(many(9));
    await forge(statement);
    expect(await verify()).toEqual({
      ok: false,
      checkedFrom: brokenAt === 1 ? null : 1,
      checkedTo: brokenAt === 1 ? null : brokenAt - 1,
      brokenAt,
      reason,
      next: null,
    });
    expect(await verify(3)).toMatchObject(brokenAt > 3 ? { ok: true } : { ok: false, brokenAt, reason });
  });

  it('a tail that was cut off together with the end of the chain, by the checkpoint behind it', async () => {
    await bus.publish(many(9));
    await signer.signWhenDue();
    const fifth = (await chain())[4]!;
    await forge('delete from customers.audit_entries where seq > 5');
    await forge(`update customers.audit_head set seq = 5, signed_seq = 0, hash = decode('${fifth.hash}', 'hex')`);
    expect(await verify()).toMatchObject({ ok: false, checkedTo: 5, brokenAt: 6, reason: 'CUT_OFF' });
  });

  it('entries that were written anew from one on, by the checkpoint behind it', async () => {
    await bus.publish(many(9));
    await signer.signWhenDue();
    await forge("update customers.audit_entries set subject = 'somebody else' where seq = 4");
    await rewriteFrom(4);
    expect(await verify()).toMatchObject({ ok: false, checkedTo: 8, brokenAt: 9, reason: 'REWRITTEN' });
  });

  it('an entry that was taken out and everything behind it written anew', async () => {
    await bus.publish(many(9));
    await signer.signWhenDue();
    await bus.publish(many(3));
    await forge('delete from customers.audit_entries where seq = 4');
    await rewriteFrom(4);
    expect(await verify()).toMatchObject({ ok: false, brokenAt: 9, reason: 'REWRITTEN' });
  });

  it('a checkpoint that was signed by another key, also when that key is put beside', async () => {
    await bus.publish(many(3));
    await signer.signWhenDue();
    const other = await createTestDatabase(['customers']);
    const otherDb = other.open('customers');
    const otherBus = createMemoryBus();
    const otherSigner = createCheckpointSigner(otherDb, silentLogger, sealing);
    await consumeStaffActed(otherBus, otherDb, otherSigner, silentLogger);
    await otherBus.publish(many(3));
    await otherSigner.signWhenDue();
    const [{ token }] = await otherDb.sql<[{ token: string }]>`select token from customers.audit_checkpoints`;
    const [{ key }] = await otherDb.sql<[{ key: string }]>`select public_key::text as key from customers.audit_keys`;
    await other.drop();
    await forge(`update customers.audit_checkpoints set token = '${token}'`);
    expect(await verify()).toMatchObject({ ok: false, brokenAt: 3, reason: 'FORGED_CHECKPOINT' });
    // The id of a key is its thumbprint: another key under it is none.
    await forge(`update customers.audit_keys set public_key = '${key}'`);
    expect(await verify()).toMatchObject({ ok: false, brokenAt: 3, reason: 'FORGED_CHECKPOINT' });
  });

  it('checkpoints that are missing: there is one for every thousand entries', async () => {
    for (let batch = 0; batch < 5; batch += 1) await bus.publish(many(450));
    const checkpoints = await db.sql<{ seq: string }[]>`select seq from customers.audit_checkpoints order by seq`;
    expect(checkpoints.map(({ seq }) => Number(seq))).toEqual([1000, 2000]);
    expect(await verify()).toMatchObject({ ok: true, checkedTo: 2250 });
    await forge('delete from customers.audit_checkpoints where seq = 1000');
    expect(await verify()).toMatchObject({ ok: false, brokenAt: 1000, reason: 'UNSIGNED' });
  });

  it('the last checkpoint gone', async () => {
    await bus.publish(many(3));
    await signer.signWhenDue();
    await forge('delete from customers.audit_checkpoints');
    expect(await verify()).toMatchObject({ ok: false, brokenAt: 3, reason: 'UNSIGNED' });
  });
});

describe('a check in pages', () => {
  it('goes on where it ended, with the hash that it saw', async () => {
    await bus.publish(many(25));
    const first = await verifyAudit(db, null, 10);
    expect(first).toMatchObject({ ok: true, checkedFrom: 1, checkedTo: 10 });
    const second = await verifyAudit(db, first.next, 10);
    expect(second).toMatchObject({ ok: true, checkedFrom: 11, checkedTo: 20 });
    expect(await verifyAudit(db, second.next, 10)).toMatchObject({ ok: true, checkedTo: 25, next: null });
    // Between two pages everything before is written anew.
    await forge("update customers.audit_entries set subject = 'somebody else' where seq = 1");
    await rewriteFrom(1);
    expect(await verifyAudit(db, first.next, 10)).toMatchObject({ ok: false, brokenAt: 11, reason: 'UNLINKED' });
  });

  it('is right while entries are appended', async () => {
    await bus.publish(many(100));
    const appending = (async () => {
      for (let round = 0; round < 20; round += 1) await bus.publish(many(30));
    })();
    const found = await Promise.all(Array.from({ length: 20 }, () => verify()));
    await appending;
    expect(found.every(({ ok }) => ok)).toBe(true);
    expect(await verify()).toMatchObject({ ok: true, checkedTo: 700 });
  });
});

describe('checkpoints by time', () => {
  it('signs what waits when the last signature is an hour old, once, whoever comes', async () => {
    await bus.publish(many(3));
    await Promise.all([signer.signWhenDue(), createCheckpointSigner(db, silentLogger, sealing).signWhenDue()]);
    await signer.signWhenDue();
    expect(await db.sql`select seq from customers.audit_checkpoints`).toHaveLength(1);
    expect(await db.sql`select key_id from customers.audit_keys`).toHaveLength(1);
    await bus.publish(many(2));
    await signer.signWhenDue();
    expect(await db.sql`select seq from customers.audit_checkpoints`).toHaveLength(1);
    const later = database.open('customers', { nowOffset: '61 minutes' });
    await createCheckpointSigner(later, silentLogger, sealing).signWhenDue();
    expect(
      (await db.sql<{ seq: string }[]>`select seq from customers.audit_checkpoints order by seq`).map(({ seq }) => seq),
    ).toEqual(['3', '5']);
    expect(await verify()).toMatchObject({ ok: true, checkedTo: 5 });
  });
});
