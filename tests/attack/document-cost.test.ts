import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { collectGarbage } from '../../router/src/planning/fixture/collect-garbage.ts';
import type { Channel } from '../contract/channels/channel.ts';
import { CHANNEL_KEYS, startAttackedChannel } from './fixture/channels.ts';
import { ANYWHERE, IN_THE_GRAPH } from './fixture/costly-documents.ts';
import { expectRefused } from './fixture/expect-refusal.ts';
import { ask, send } from './fixture/http.ts';
import { countPlannerQuestions } from './fixture/planner-questions.ts';
import { KEYS, startProjectRouter, type ProjectRouter } from './fixture/project-router.ts';
import { noteCpu, reportCpu } from './fixture/report-cpu.ts';

const UNUSUAL = { accept: 'application/json;q=0.9' };
const BYSTANDER = { query: '{ channel { __typename code name } }' };
const CHANNEL = { channel: { __typename: 'Channel', code: 'web', name: 'Web shop' } };

afterAll(reportCpu);

describe('the router', () => {
  let router: ProjectRouter;
  beforeAll(async () => {
    router = await startProjectRouter(() => CHANNEL);
    // Planned once, as everything that bystanders ask all day.
    await ask(router.url, BYSTANDER, KEYS.partner);
  });
  afterAll(() => router.stop());
  beforeEach(() => void router.asked.splice(0));

  const attacks = [...ANYWHERE, ...IN_THE_GRAPH];
  test.each(attacks)(
    'refuses $what before it is planned or asked, while others are answered',
    async ({ what, body, code }) => {
      const planner = countPlannerQuestions();
      for (const [way, headers] of [
        ['usual', {}],
        ['unusual', UNUSUAL],
      ] as const) {
        const bystander = ask(router.url, BYSTANDER, KEYS.partner);
        expectRefused(await noteCpu(`${what} (${way})`, () => send(router.url, body, KEYS.partner, headers)), code);
        expect((await bystander).data).toEqual(CHANNEL);
      }
      expect(planner.count()).toBe(0);
      planner.stop();
      expect(router.asked.map(({ subgraph }) => subgraph)).toEqual(['products', 'products']);
    },
  );

  test('refuses the same document again without having kept it', async () => {
    const [first] = IN_THE_GRAPH;
    for (let round = 0; round < 20; round += 1)
      expectRefused(await send(router.url, first!.body, KEYS.partner), first!.code);
    expect(router.asked).toEqual([]);
  });

  test('keeps no memory of 3,000 documents that it refused', async () => {
    await collectGarbage([]);
    const before = process.memoryUsage().heapUsed;
    for (let round = 0; round < 30; round += 1)
      await Promise.all(
        Array.from({ length: 100 }, (_, index) =>
          send(router.url, { query: `{${'a{'.repeat(300)}a${round}b${index}${'}'.repeat(301)}` }, KEYS.partner),
        ),
      );
    expect(router.asked).toEqual([]);
    expect((await ask(router.url, BYSTANDER, KEYS.partner)).data).toEqual(CHANNEL);
    await collectGarbage([]);
    // Parsed, each takes more than 300 KB: all of them would be 900 MB.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(60 * 1024 * 1024);
  });
});

describe('a BFF', () => {
  let channel: Channel;
  beforeAll(async () => {
    channel = await startAttackedChannel('web');
  });
  afterAll(() => channel.stop());

  test.each(ANYWHERE)(
    'refuses $what before anybody is asked, while others are answered',
    async ({ what, body, code }) => {
      for (const [way, headers] of [
        ['usual', {}],
        ['unusual', UNUSUAL],
      ] as const) {
        const bystander = ask(channel.url, { query: '{ __typename }' }, CHANNEL_KEYS.web);
        expectRefused(
          await noteCpu(`BFF: ${what} (${way})`, () => send(channel.url, body, CHANNEL_KEYS.web, headers)),
          code,
        );
        expect((await bystander).data).toEqual({ __typename: 'Query' });
      }
      expect(channel.router.calls).toEqual([]);
    },
  );
});
