import { describe, expect, it } from 'vitest';
import { settle } from '../traffic/fixture/manual-timing.ts';
import { createEventQueue, type EventQueue } from './event-queue.ts';
import { createSharedStreams, type SharedStreams } from './shared-streams.ts';

type Event = { readonly number: number };

interface Opened {
  readonly events: EventQueue<Event>;
  readonly signal: AbortSignal;
}

/** A sink that notes what it is told. */
const noteInto = (told: unknown[]) => ({
  next: (event: Event) => void told.push(event),
  end: () => void told.push('end'),
  fail: (error: unknown) => void told.push(error),
});

function createStreams(options: { copy?: (event: Event) => Event; most?: number } = {}) {
  const opened: Opened[] = [];
  const sizes: number[] = [];
  const streams: SharedStreams<Event> = createSharedStreams({
    most: 10,
    onSize: (size) => sizes.push(size),
    ...options,
  });
  const join = (key: string | null, told: unknown[] = [], joinLate = false) =>
    streams.join(
      {
        key,
        joinLate,
        open(signal) {
          const events = createEventQueue<Event>(10);
          signal.addEventListener('abort', () => void events.return());
          opened.push({ events, signal });
          return events;
        },
      },
      noteInto(told),
    );
  return { streams, opened, sizes, join };
}

describe('shared streams', () => {
  it('open one stream for those who come before its first event, and another for who comes later', async () => {
    const { opened, join, sizes } = createStreams();
    const told: unknown[][] = [[], [], []];
    join('a', told[0]);
    await settle();
    join('a', told[1]);
    opened[0]!.events.push({ number: 1 });
    await settle();
    join('a', told[2]);
    await settle();
    opened[0]!.events.push({ number: 2 });
    opened[1]!.events.push({ number: 1 });
    await settle();
    expect(opened).toHaveLength(2);
    expect(told).toEqual([[{ number: 1 }, { number: 2 }], [{ number: 1 }, { number: 2 }], [{ number: 1 }]]);
    expect(sizes).toEqual([1, 2]);
  });

  it('are joined at any time where events do not build on each other', async () => {
    const { opened, join } = createStreams();
    const told: unknown[] = [];
    join('a', [], true);
    await settle();
    opened[0]!.events.push({ number: 1 });
    await settle();
    join('a', told, true);
    opened[0]!.events.push({ number: 2 });
    await settle();
    expect(opened).toHaveLength(1);
    expect(told).toEqual([{ number: 2 }]);
  });

  it('share nothing without a key or with another', async () => {
    const { opened, join } = createStreams();
    for (const key of [null, null, 'a', 'b']) join(key);
    await settle();
    expect(opened).toHaveLength(4);
  });

  it('close a stream when the last has left, and only then', async () => {
    const { streams, opened, join, sizes } = createStreams();
    const told: unknown[] = [];
    const leave = [join('a', told), join('a', told)];
    await settle();
    leave[0]!();
    leave[0]!();
    expect(opened[0]!.signal.aborted).toBe(false);
    leave[1]!();
    expect(opened[0]!.signal.aborted).toBe(true);
    expect(streams.size).toBe(0);
    await settle();
    expect(told).toEqual([]);
    expect(sizes).toEqual([1, 0]);
    join('a');
    await settle();
    expect(opened).toHaveLength(2);
  });

  it('open nothing for who leaves at once', async () => {
    const { opened, join } = createStreams();
    join('a')();
    await settle();
    expect(opened).toEqual([]);
  });

  it('tell all who are there of the end or the failure, once', async () => {
    const { opened, join, streams } = createStreams();
    const told: unknown[][] = [[], [], []];
    const leave = join('a', told[0]);
    join('a', told[1]);
    join('b', told[2]);
    await settle();
    const error = new Error('lost');
    opened[0]!.events.fail(error);
    opened[1]!.events.end();
    await settle();
    leave();
    expect(told).toEqual([[error], [error], ['end']]);
    expect(streams.size).toBe(0);
  });

  it('tell of a source that cannot be opened', async () => {
    const { streams } = createStreams();
    const told: unknown[] = [];
    const error = new Error('not here');
    const open = () => {
      throw error;
    };
    streams.join({ key: 'a', joinLate: false, open }, noteInto(told));
    await settle();
    expect(told).toEqual([error]);
    expect(streams.size).toBe(0);
  });

  it('give everybody an event of their own where events are changed, and fail who cannot have one', async () => {
    const copy = ({ number }: Event) => {
      if (number === 2) throw new Error('too deep');
      return { number };
    };
    const { opened, join } = createStreams({ copy });
    const told: unknown[][] = [[], []];
    join('a', told[0]);
    join('a', told[1]);
    await settle();
    const event = { number: 1 };
    opened[0]!.events.push(event);
    opened[0]!.events.push({ number: 2 });
    opened[0]!.events.push({ number: 3 });
    await settle();
    expect(told[0]).toEqual([{ number: 1 }, { number: 2 }, { number: 3 }]);
    expect(told[0]![0]).toBe(event);
    expect(told[1]).toEqual([{ number: 1 }, new Error('too deep')]);
    expect(told[1]![0]).not.toBe(event);
  });

  it('refuse more streams than may be open, but not who shares one', () => {
    const { join } = createStreams({ most: 1 });
    join('a');
    expect(() => join('b')).toThrow('Too many subscriptions are open.');
    expect(() => join('a')).not.toThrow();
  });
});
