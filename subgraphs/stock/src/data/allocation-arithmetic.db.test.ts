import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { capOf, claimsOf, type PolicyRules } from '../domain/allocation-policy.ts';
import { makeChannel } from '../fixture.ts';

let testDb: TestDatabase;
let db: Database;
let locationIds: string[];

beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
  db = testDb.open('stock', { max: 1 });
  ({ locationIds } = await makeChannel(db, 3));
});
afterAll(() => testDb.drop());

const CHANNELS = ['a', 'b', 'c', 'd', 'unnamed'];
const units = fc.oneof(fc.nat(20), fc.nat(1_000_000_000));
const rules: fc.Arbitrary<PolicyRules> = fc.record({
  kind: fc.constantFrom('FIFO', 'PRIORITY', 'PROPORTIONAL'),
  lendableBasisPoints: fc.oneof(fc.constantFrom(0, 10_000), fc.nat(10_000)),
  channels: fc.uniqueArray(
    fc.record({
      channel: fc.constantFrom('a', 'b', 'c', 'd'),
      priority: fc.nat(3),
      promised: fc.nat(20),
      shareBasisPoints: fc.nat(2_500),
      floor: fc.nat(10),
    }),
    { selector: ({ channel }) => channel, minLength: 1, maxLength: 4 },
  ),
});
const usage = fc.uniqueArray(fc.tuple(fc.constantFrom(...CHANNELS), units), {
  selector: ([channel]) => channel,
  maxLength: 5,
});

/** What the database makes of a policy on levels of which those at pooled locations count; nothing of it stays. */
async function inDatabase(
  policy: PolicyRules,
  levels: readonly number[],
  pooled: readonly boolean[],
  taken: readonly (readonly [string, number])[],
) {
  const [variantId, policyId] = [newId(), newId()];
  let caps: { channel: string; cap: number }[] = [];
  let claims: { channel: string; guaranteed: number; consumed: number }[] = [];
  const undone = new Error('undone');
  await db.sql
    .begin(async (sql) => {
      await sql`select set_config('stock.booking', 'on', true)`;
      await sql`insert into stock.variant_versions (variant_id) values (${variantId})`;
      await sql`insert into stock.levels (variant_id, location_id, available) select ${variantId}, l, a from unnest(${locationIds}::uuid[], ${[...levels]}::int[]) as t(l, a)`;
      await sql`insert into stock.allocation_policies (policy_id, name, kind, lendable_basis_points, status, version, revision, changed_by, created_at)
        values (${policyId}, 'tried', ${policy.kind}, ${policy.lendableBasisPoints}, 'active', 1, 7, 'test', now())`;
      for (const each of policy.channels)
        await sql`insert into stock.allocation_shares values (${policyId}, ${each.channel}, ${each.priority}, ${each.promised}, ${each.shareBasisPoints}, ${each.floor})`;
      const pool = locationIds.filter((_, index) => pooled[index]);
      await sql`insert into stock.policy_pools select ${policyId}, l from unnest(${pool}::uuid[]) as l`;
      await sql`insert into stock.policy_variants values (${variantId}, ${policyId})`;
      for (const [channel, consumed] of taken)
        await sql`insert into stock.allocation_usage values (${variantId}, ${channel}, 7, ${consumed})`;
      caps =
        await sql`select channel_code as channel, cap::float8 as cap from stock.caps(array[${variantId}::uuid], ${CHANNELS}::text[])`;
      claims =
        await sql`select channel_code as channel, guaranteed::float8 as guaranteed, consumed::float8 as consumed from stock.claims(array[${variantId}::uuid])`;
      throw undone;
    })
    .catch((error: unknown) => {
      if (error !== undone) throw error;
    });
  return { caps: new Map(caps.map(({ channel, cap }) => [channel, cap])), claims };
}

it('works out the same caps and claims as the database, for policies, levels and usage of any size', async () => {
  await fc.assert(
    fc.asyncProperty(
      rules,
      fc.tuple(units, units, units),
      fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
      usage,
      async (policy, levels, pooled, taken) => {
        const available = levels.reduce((sum, each, index) => sum + (pooled[index] ? each : 0), 0);
        const consumed = new Map(policy.kind === 'PROPORTIONAL' ? taken : []);
        const { caps, claims } = await inDatabase(policy, levels, pooled, taken);
        for (const channel of CHANNELS)
          expect(caps.get(channel) ?? null).toBe(capOf(policy, channel, available, consumed));
        const own = claimsOf(policy, available, consumed).map(({ channel, guaranteed, consumed: used }) => ({
          channel,
          guaranteed,
          consumed: used,
        }));
        const byChannel = (a: { channel: string }, b: { channel: string }) => (a.channel < b.channel ? -1 : 1);
        expect(claims.map((each) => ({ ...each })).sort(byChannel)).toEqual(own.sort(byChannel));
      },
    ),
    { seed: 7105, numRuns: 120 },
  );
});
