import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction, type Database } from '../database.ts';
import { silentLogger } from '../logger.ts';
import { startOtlpReceiver, type OtlpReceiver } from './fixture/otlp-receiver.ts';
import { startTracing, type RunningTracing } from './start-tracing.ts';
import { tracerOf, withinSpan } from './tracing.ts';

const SCHEMA = 'prices';

describe('SQL within a span', () => {
  let receiver: OtlpReceiver;
  let tracing: RunningTracing;
  let test: TestDatabase;
  let db: Database;
  beforeAll(async () => {
    receiver = await startOtlpReceiver();
    tracing = await startTracing({ url: receiver.url, ratio: 1, attributes: {} }, silentLogger);
    test = await createTestDatabase([SCHEMA]);
    db = test.open(SCHEMA, { service: SCHEMA });
  });
  afterAll(async () => {
    await test.drop();
    await tracing.stop();
    await receiver.close();
  });
  afterEach(() => receiver.clear());

  /** Runs work within a span. @returns the id of the span. */
  async function within(work: () => Promise<unknown>): Promise<string> {
    const span = tracerOf(SCHEMA)!.start('request', { kind: 'server', parent: undefined, attributes: {} });
    await withinSpan(span, work);
    span.end();
    await tracing.flush();
    return span.traceparent.split('-')[2]!;
  }

  it('is a span for each statement, with its text and no parameter', async () => {
    const secret = 'mail@example.com';
    const parent = await within(() => db.sql`select ${secret}::text as secret where ${true}`);
    expect(receiver.span(SCHEMA, 'SELECT')).toMatchObject({
      parentSpanId: parent,
      kind: 3,
      attributes: {
        'db.system.name': 'postgresql',
        'db.operation.name': 'SELECT',
        'db.query.text': 'select $1::text as secret where $2',
      },
    });
    expect(JSON.stringify(receiver.spans)).not.toContain(secret);
  });

  it('has one span for a statement with a fragment in it', async () => {
    await within(() => db.sql`select 1 as one ${db.sql`where ${1} = 1`}`);
    expect(receiver.spans.map(({ name }) => name)).toEqual(['SELECT', 'request']);
    expect(receiver.span(SCHEMA, 'SELECT').attributes['db.query.text']).toBe('select 1 as one where $1 = 1');
  });

  it('has spans for statements of Drizzle and of transactions', async () => {
    const answer: unknown[] = [];
    const parent = await within(async () => {
      answer.push(...(await db.orm.execute(sql`select ${1}::int as drizzled`)));
      await inTransaction(db, async (tx) => {
        answer.push(...(await tx.execute(sql`select 2 as inside`)));
        await tx.transaction(async (inner) => answer.push(...(await inner.execute(sql`select 3 as deeper`))));
      });
      await db.sql.begin(async (tx) => answer.push(...(await tx`select 4 as raw`)));
    });
    expect(answer).toEqual([{ drizzled: 1 }, { inside: 2 }, { deeper: 3 }, { raw: 4 }]);
    const statements = receiver.spans.filter(({ name }) => name === 'SELECT');
    expect(statements.map(({ attributes }) => attributes['db.query.text'])).toEqual([
      'select $1::int as drizzled',
      'select 2 as inside',
      'select 3 as deeper',
      'select 4 as raw',
    ]);
    expect(new Set(statements.map(({ parentSpanId }) => parentSpanId))).toEqual(new Set([parent]));
  });

  it('marks a statement that fails with the code of PostgreSQL, and rejects as ever', async () => {
    await within(() => expect(db.sql`select 1 / ${0}::int`).rejects.toThrow('division by zero'));
    expect(receiver.span(SCHEMA, 'SELECT')).toMatchObject({ status: 2, attributes: { 'error.type': '22012' } });
  });

  it('has no span where there is no request', async () => {
    expect(await db.sql`select 1 as one`).toEqual([{ one: 1 }]);
    await tracing.flush();
    expect(receiver.spans).toEqual([]);
  });
});
