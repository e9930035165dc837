import { inTransaction, type Tx } from '@kontor/kit/src/database.ts';
import { encodeCursor } from '@kontor/kit/src/connection.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { asGuest, asService } from '@kontor/testkit/src/callers.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSigning } from './commands/signing/signing.ts';
import { keepSigning } from './commands/signing/upkeep.ts';
import { readRevocations } from './data/signing/read-revocations.ts';
import {
  endSessionsOfDevice,
  endSessionsOfStaff,
  revokeCredentials,
  staleTokensOf,
} from './data/signing/revocations.ts';
import { beginSession } from './commands/signing/begin-session.ts';
import { createSigningHarness, IDENTITY_SECRET, type SigningHarness } from './testing/signing-harness.ts';

let harness: SigningHarness;
beforeAll(async () => (harness = await createSigningHarness()));
afterAll(() => harness.stop());

const PAGE = `query ($since: Cursor, $first: Int) { revocations(since: $since, first: $first) { revocations { credentialId notBefore } cursor } }`;
const page = async (since: string | null = null, first = 1_000) =>
  (await harness.internal(PAGE, { since, first })).revocations as {
    revocations: { credentialId: string; notBefore: string }[];
    cursor: string;
  };
const ids = ({ revocations }: Awaited<ReturnType<typeof page>>) => revocations.map(({ credentialId }) => credentialId);
const revoke = (...credentialIds: string[]) => inTransaction(harness.db, (tx) => revokeCredentials(tx, credentialIds));

/** A transaction that has written and is open until it is told to commit. */
async function writing(write: (tx: Tx) => Promise<void>) {
  const written = Promise.withResolvers<void>();
  const commit = Promise.withResolvers<void>();
  const done = inTransaction(harness.db, async (tx) => {
    await write(tx);
    written.resolve();
    await commit.promise;
  });
  await written.promise;
  return async () => {
    commit.resolve();
    await done;
  };
}

it('tells each once, in pages, with a cursor behind an empty page, too', async () => {
  const { cursor } = await page();
  const empty = await page(cursor);
  expect(empty.revocations).toEqual([]);
  const all = Array.from({ length: 25 }, newId);
  for (const id of all) await revoke(id);
  const told: string[] = [];
  let since = empty.cursor;
  for (let read = 10; read === 10;) {
    const next = await page(since, 10);
    read = next.revocations.length;
    told.push(...ids(next));
    since = next.cursor;
  }
  expect(told.sort()).toEqual(all.sort());
  expect((await page(since)).revocations).toEqual([]);
});

it('loses nothing that commits behind what was read already, and waits for nobody', async () => {
  const [early, late, between] = [newId(), newId(), newId()] as const;
  const { cursor } = await page();
  const commitEarly = await writing((tx) => revokeCredentials(tx, [early]));
  await revoke(late);
  const first = await page(cursor);
  expect(ids(first)).toEqual([late]);
  await revoke(between);
  const second = await page(first.cursor);
  expect(ids(second)).toEqual([between]);
  await commitEarly();
  const third = await page(second.cursor);
  expect(ids(third)).toEqual([early]);
  expect(ids(await page(third.cursor))).toEqual([]);
});

it('loses nothing that commits between two pages of one read', async () => {
  const { cursor } = await page();
  const early = newId();
  const commit = await writing((tx) => revokeCredentials(tx, [early]));
  const others = Array.from({ length: 4 }, newId);
  for (const id of others) await revoke(id);
  const first = await page(cursor, 2);
  await commit();
  const second = await page(first.cursor, 2);
  const third = await page(second.cursor, 2);
  const fourth = await page(third.cursor, 2);
  expect([first, second, third, fourth].flatMap(ids).sort()).toEqual([...others, early].sort());
});

it('tells every reader everything while many write and commit in any order', async () => {
  const { cursor } = await page();
  const all = Array.from({ length: 120 }, newId);
  let writers = all.length;
  const write = async (id: string, index: number) => {
    await inTransaction(harness.db, async (tx) => {
      await revokeCredentials(tx, [id]);
      if (index % 3 === 0) await tx.execute(`select pg_sleep(0.00${index % 7})`);
    });
    writers -= 1;
  };
  const read = async (first: number) => {
    const told: string[] = [];
    for (let since = cursor, ended = false; !ended;) {
      ended = writers === 0;
      for (let size = first; size === first;) {
        const next = await readRevocations(harness.db.orm, since, first);
        told.push(...next.revocations.map(({ credentialId }) => credentialId));
        size = next.revocations.length;
        since = next.cursor;
      }
    }
    return told.sort();
  };
  const [big, small] = await Promise.all([read(1_000), read(3), ...all.map(write)]);
  expect(big).toEqual([...all].sort());
  expect(small).toEqual([...all].sort());
});

it('looks back 15 minutes without a cursor, and from one that another database gave', async () => {
  const id = newId();
  await revoke(id);
  expect(ids(await page())).toContain(id);
  const ahead = encodeCursor(['99999999999:99999999999:', null, null, null]);
  expect(ids(await page(ahead))).toContain(id);
  const later = await harness.start({ nowOffset: '15 minutes 1 second' });
  expect((await harness.internal(PAGE, {}, later)).revocations.revocations).toEqual([]);
});

it.each([
  'no cursor',
  encodeCursor(['1', null, null, null]),
  encodeCursor([null, null, null, null]),
  encodeCursor(['1:2:', null, '3', null]),
])('refuses %s', async (since) => {
  const { errors } = await harness.service
    .graph('/internal/graphql')
    .execute({ query: PAGE, variables: { since } }, asService());
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
});

it('tells of sessions that ended and of those whose tokens are stale, which go on', async () => {
  const { cursor } = await page();
  const { customer, token, refreshToken } = await harness.signUp('stale@example.com');
  const { sid, iat } = await harness.claimsOf(token);
  await inTransaction(harness.db, (tx) => staleTokensOf(tx, [customer.id]));
  const stale = await page(cursor);
  expect(ids(stale)).toEqual([sid]);
  expect(Date.parse(stale.revocations[0]!.notBefore)).toBeGreaterThanOrEqual(iat! * 1000);
  const refreshed = await harness.refresh(refreshToken);
  const after = await harness.claimsOf(refreshed.token);
  expect(after.iat! * 1000).toBeGreaterThan(Date.parse(stale.revocations[0]!.notBefore));

  const signing = createSigning(harness.db, { identitySecret: IDENTITY_SECRET });
  const [staffId, deviceId] = [newId(), newId()];
  const begin = () =>
    inTransaction(harness.db, (tx) =>
      beginSession(signing, tx, { role: 'staff', staffId, deviceId, channel: 'pos', scopes: [], lifetimeS: 60 }),
    );
  const [one, other] = [await begin(), await begin()];
  const from = (await page(stale.cursor)).cursor;
  expect((await inTransaction(harness.db, (tx) => endSessionsOfStaff(tx, [staffId]))).sort()).toEqual(
    [one.sessionId, other.sessionId].sort(),
  );
  const third = await begin();
  expect(await inTransaction(harness.db, (tx) => endSessionsOfDevice(tx, [deviceId]))).toEqual([third.sessionId]);
  expect(ids(await page(from)).sort()).toEqual([one, other, third].map(({ sessionId }) => sessionId).sort());
  expect((await harness.refresh(third.refreshToken, asGuest('pos'))).__typename).toBe('SessionEnded');
});

it('is forgotten after 20 minutes', async () => {
  await revoke(newId());
  await keepSigning(
    createSigning(harness.database.open('customers', { nowOffset: '20 minutes 1 second' }), {
      identitySecret: IDENTITY_SECRET,
    }),
  );
  expect(await harness.db.sql`select 1 from customers.revocations`).toEqual([]);
});
