import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { ANYWHERE, IN_THE_GRAPH } from './fixture/costly-documents.ts';
import { openEventStream, type EventStreamReader } from './fixture/event-stream.ts';
import { codesOf, expectNothingLeaks } from './fixture/expect-refusal.ts';
import { KEYS, startProjectRouter, type ProjectRouter } from './fixture/project-router.ts';
import { noteCpu, reportCpu } from './fixture/report-cpu.ts';

const LIVE = { query: 'subscription { availabilityChanged(variantIds: ["1"]) { snapshot variants { version } } }' };
const BODY_BYTES = 100 * 1024;

afterAll(reportCpu);

describe('an answer as events at the router', () => {
  let router: ProjectRouter;
  let bystander: EventStreamReader;
  let version = 0;
  beforeAll(async () => {
    router = await startProjectRouter();
    bystander = await openEventStream(router.url, LIVE, KEYS.partner);
    expect(await bystander.next()).toMatchObject({ data: { availabilityChanged: { snapshot: true, variants: [] } } });
  });
  afterAll(async () => {
    bystander.leave();
    await eventually(() => expect(router.watching).toBe(0));
    await router.stop();
  });
  const expectUndisturbed = async () => {
    const update = { snapshot: false, variants: [{ version: (version += 1) }] };
    router.emit({ availabilityChanged: { __typename: 'AvailabilityUpdate', ...update } });
    expect(await bystander.next()).toMatchObject({ data: { availabilityChanged: update } });
    expect(router.asked).toEqual([]);
  };

  const attacks = [...ANYWHERE, ...IN_THE_GRAPH].filter(
    ({ body }) => Buffer.byteLength(typeof body === 'string' ? body : JSON.stringify(body)) < BODY_BYTES,
  );
  test.each(attacks)('refuses $what by one event, and the stream of another goes on', async ({ what, body, code }) => {
    const told = await noteCpu(`events: ${what}`, async () => {
      const stream = await openEventStream(router.url, body, KEYS.partner);
      expect(stream.status).toBe(200);
      const event = (await stream.next()) as { errors: unknown };
      expect(await stream.next()).toBeUndefined();
      return event;
    });
    expectNothingLeaks(JSON.stringify(told));
    expect(told).not.toHaveProperty('data');
    expect([...new Set(codesOf(told.errors))]).toEqual([code]);
    await expectUndisturbed();
  });

  test('is refused without a credential, and for what is no request, by its status', async () => {
    for (const [body, key, status] of [
      [LIVE, undefined, 401],
      [LIVE, 'nobody-has-this-key', 401],
      ['[]', KEYS.partner, 400],
      ['{"query":"{ __typename }","variables":[]}', KEYS.partner, 400],
      ['{"query":"{ __typename }","__proto__":{}}', KEYS.partner, 400],
    ] as const) {
      const stream = await openEventStream(router.url, body, key);
      expect(stream.status).toBe(status);
      stream.leave();
    }
    await expectUndisturbed();
  });

  test('tells nobody of a field beyond the scopes of the caller', async () => {
    const stream = await openEventStream(router.url, { query: '{ priceLists { code } }' }, KEYS.partner);
    expect(codesOf(((await stream.next()) as { errors: unknown }).errors)).toEqual(['FORBIDDEN']);
    await expectUndisturbed();
  });
});
