import { describe, expect, it } from 'vitest';
import { createHub } from './hub.ts';
import { createMailbox } from './mailbox.ts';
import { createVersionMemory } from './version-memory.ts';

const hubOf = () => createHub();
const change = (variantId: string, version: number, berlin = 1, hamburg = 2) => ({
  asOf: '2026-01-01T00:00:00Z',
  variants: [{ variantId, version, sellable: { web: berlin + hamburg, pos: hamburg } }],
});
const short = (mail: { changes: readonly { variantId: string; version: number; sellableQuantity: number }[] } | null) =>
  mail?.changes.map(({ variantId, version, sellableQuantity }) => [variantId, version, sellableQuantity]);

describe('hub', () => {
  it('tells each channel what its own locations have', async () => {
    const hub = hubOf();
    const [web, pos] = [hub.watch('web', ['v']), hub.watch('pos')];
    hub.changed([change('v', 1), change('other', 1)]);
    expect(short(await web.mailbox.take())).toEqual([['v', 1, 3]]);
    expect(short(await pos.mailbox.take())).toEqual([
      ['v', 1, 2],
      ['other', 1, 2],
    ]);
  });

  it('keeps the latest of each variant for a slow reader, and one batch for one tick', async () => {
    const hub = hubOf();
    const watch = hub.watch('web', ['v', 'w']);
    for (let version = 1; version <= 1_000; version += 1) hub.changed([change('v', version, version)]);
    hub.changed([change('w', 1)]);
    expect(short(await watch.mailbox.take())).toEqual([
      ['v', 1_000, 1_002],
      ['w', 1, 3],
    ]);
  });

  it('drops what the bus delivers again', async () => {
    const hub = hubOf();
    const watch = hub.watch('web', ['v', 'end']);
    hub.changed([change('v', 2)]);
    await watch.mailbox.take();
    hub.changed([change('v', 1), change('v', 2), change('end', 1)]);
    expect(short(await watch.mailbox.take())).toEqual([['end', 1, 3]]);
  });

  it('asks all to read again', async () => {
    const hub = hubOf();
    const [web, pos] = [hub.watch('web', ['v']), hub.watch('pos', ['v'])];
    hub.changed([change('v', 1)]);
    hub.resync();
    expect(await web.mailbox.take()).toEqual({ resync: true, changes: [], settled: null });
    expect(await pos.mailbox.take()).toEqual({ resync: true, changes: [], settled: null });
  });

  it('tells a channel that sells none of it so, whatever the channel is called', async () => {
    const hub = hubOf();
    const watches = ['b2b', '__proto__', 'constructor'].map((channel) => hub.watch(channel, ['v']));
    hub.changed([change('v', 1)]);
    for (const watch of watches) expect(short(await watch.mailbox.take())).toEqual([['v', 1, 0]]);
  });

  it('forgets who stopped, and ends their wait', async () => {
    const hub = hubOf();
    const watch = hub.watch('web', ['v']);
    hub.watch('web');
    const waiting = watch.mailbox.take();
    watch.stop();
    expect(await waiting).toBeNull();
    expect(hub.size).toBe(1);
    hub.close();
    expect(hub.size).toBe(0);
  });
});

describe('mailbox', () => {
  it('turns into a resync when more variants wait than it may hold', async () => {
    const mailbox = createMailbox(2);
    for (const variantId of ['a', 'b', 'c']) mailbox.put({ variantId, version: 1, sellableQuantity: 1, asOf: '' });
    expect(await mailbox.take()).toEqual({ resync: true, changes: [], settled: null });
  });
});

describe('what was read', () => {
  const availability = (variantId: string, version: number, sellableQuantity = 1) => ({
    variantId,
    version,
    sellableQuantity,
    asOf: '2026-01-01T00:00:00Z',
  });

  it('is handed to its channel alone, once, and never behind something newer', async () => {
    const hub = hubOf();
    const [web, pos] = [hub.watch('web'), hub.watch('pos')];
    hub.read('web', [availability('bundle', 4, 8)]);
    hub.read('web', [availability('bundle', 4, 8), availability('bundle', 3, 9)]);
    expect(short(await web.mailbox.take())).toEqual([['bundle', 4, 8]]);
    hub.changed([change('bundle', 3), change('end', 1)]);
    expect(short(await web.mailbox.take())).toEqual([['end', 1, 3]]);
    expect(short(await pos.mailbox.take())).toEqual([
      ['bundle', 3, 2],
      ['end', 1, 2],
    ]);
  });

  it('is not what the bus told already', async () => {
    const hub = hubOf();
    const web = hub.watch('web');
    hub.changed([change('v', 5)]);
    await web.mailbox.take();
    hub.read('web', [availability('v', 5), availability('w', 1)]);
    expect(short(await web.mailbox.take())).toEqual([['w', 1, 1]]);
  });

  it('is what somebody watches and was not handed in that version by anybody', () => {
    const hub = hubOf();
    hub.watch('web', ['told', 'read', 'missed']);
    hub.watch('pos', ['read']);
    hub.changed([change('told', 2)]);
    for (const channel of ['web', 'pos']) hub.read(channel, [availability('read', 2)]);
    const states = ['told', 'read', 'missed', 'unwatched'].map((variantId) => ({ variantId, version: 2 }));
    expect(hub.unheard(states)).toEqual(['missed']);
    hub.watch('b2b');
    expect(hub.unheard(states)).toEqual(['read', 'missed', 'unwatched']);
  });

  it('carries how far everything was handed out, as it was when the mailbox was emptied', async () => {
    const hub = hubOf();
    const web = hub.watch('web', ['v', 'w']);
    const [first, second] = ['7', '8'].map((transaction) => ({ transaction, entry: '0', item: 0 }));
    hub.changed([change('v', 1)]);
    if (first) hub.settle(first);
    const mail = await web.mailbox.take();
    if (second) hub.settle(second);
    expect(mail?.settled).toEqual(first);
    expect(hub.settled).toEqual(second);
  });
});

describe('the memory of versions', () => {
  it('forgets what was unchanged for longest when it is full', () => {
    const memory = createVersionMemory(2);
    expect(memory.raise('a', 1)).toBe(true);
    expect(memory.raise('b', 1)).toBe(true);
    expect(memory.raise('a', 2)).toBe(true);
    expect(memory.raise('c', 1)).toBe(true);
    expect([memory.has('a', 2), memory.has('b', 1), memory.has('c', 1)]).toEqual([true, false, true]);
    expect([memory.raise('a', 2), memory.raise('__proto__', 1), memory.has('__proto__', 1)]).toEqual([
      false,
      true,
      true,
    ]);
  });
});
