import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { setChannel } from '../commands/set-channel.ts';
import { createChannelLanguages } from './channel-languages.ts';

let test: TestDatabase;
beforeAll(async () => (test = await createTestDatabase(['products'])));
afterAll(() => test.drop());

it('asks once for all channels, and again when one changes or five seconds are over', async () => {
  const statements: string[] = [];
  const db = test.open('products', { onQuery: (query) => void statements.push(query) });
  const speak = (...locales: string[]) =>
    setChannel(
      db,
      { code: 'web', name: 'Web', currencies: ['EUR'], countries: ['DE'], locales, locationIds: [] },
      null,
    );
  await speak('de', 'en');
  let now = 0;
  const bus = createMemoryBus();
  const languages = createChannelLanguages(db, () => now);
  await languages.listen(bus);
  statements.length = 0;

  expect(await Promise.all([languages.defaultOf('web'), languages.defaultOf('none')])).toEqual(['de', null]);
  expect(statements).toHaveLength(1);

  await speak('fr');
  expect(await languages.defaultOf('web')).toBe('de');
  await bus.publish([
    {
      eventId: 'e',
      topic: 'products.channel.changed',
      key: 'web',
      occurredAt: '2026-01-01T00:00:00.000Z',
      payload: {},
    },
  ]);
  expect(await languages.defaultOf('web')).toBe('fr');

  await speak('nl');
  now = 4_999;
  expect(await languages.defaultOf('web')).toBe('fr');
  now = 5_000;
  expect(await languages.defaultOf('web')).toBe('nl');
});
