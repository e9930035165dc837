import { expect, it } from 'vitest';
import type { DomainEvent } from './event.ts';
import { createMemoryBus } from './memory-bus.ts';

const event = (topic: string, eventId = topic): DomainEvent => ({
  eventId,
  topic,
  key: 'k',
  occurredAt: '2026-01-01T00:00:00.000Z',
  payload: {},
});

it('gives each group its topics, and every listener too', async () => {
  const bus = createMemoryBus();
  const seen: string[] = [];
  await bus.consume('one', ['a'], (events) =>
    Promise.resolve(void seen.push(`one ${events.map((each) => each.eventId).join()}`)),
  );
  await bus.consume('two', ['a', 'b'], (events) =>
    Promise.resolve(void seen.push(`two ${events.map((each) => each.eventId).join()}`)),
  );
  const listening = await bus.listen(
    ['b'],
    (events) => seen.push(`listener ${events.map((each) => each.eventId).join()}`),
    () => undefined,
  );
  await bus.publish([event('a'), event('b'), event('c')]);
  expect(seen.sort()).toEqual(['listener b', 'one a', 'two a,b']);
  await listening.stop();
  await bus.publish([event('b', 'b2')]);
  expect(seen).toEqual(['listener b', 'one a', 'two a,b', 'two b2']);
});

it('fails to publish when a consumer fails, after all others had their turn', async () => {
  const bus = createMemoryBus();
  let handled = 0;
  await bus.consume('broken', ['a'], () => Promise.reject(new Error('no')));
  await bus.consume('sound', ['a'], () => Promise.resolve(void (handled += 1)));
  await expect(bus.publish([event('a')])).rejects.toThrow('a consumer could not handle');
  expect(handled).toBe(1);
});
