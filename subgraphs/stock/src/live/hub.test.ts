import { describe, expect, it } from 'vitest';
import { createHub } from './hub.ts';
import { createMailbox } from './mailbox.ts';

const CHANNELS: Record<string, ReadonlySet<string>> = {
  web: new Set(['berlin', 'hamburg']),
  pos: new Set(['hamburg']),
};
const hubOf = () => createHub((channel) => CHANNELS[channel] ?? new Set());
const change = (variantId: string, version: number, berlin = 1, hamburg = 2) => ({
  variantId,
  version,
  levels: [
    { locationId: 'berlin', available: berlin },
    { locationId: 'hamburg', available: hamburg },
  ],
  asOf: '2026-01-01T00:00:00Z',
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

  it('asks those of a channel, or all, to read again', async () => {
    const hub = hubOf();
    const [web, pos] = [hub.watch('web', ['v']), hub.watch('pos', ['v'])];
    hub.resync(['web']);
    hub.changed([change('v', 1)]);
    expect(await web.mailbox.take()).toEqual({ resync: true, changes: [] });
    expect(await pos.mailbox.take()).toMatchObject({ resync: false, changes: [{ version: 1 }] });
    hub.resync();
    expect(await pos.mailbox.take()).toMatchObject({ resync: true });
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
    expect(await mailbox.take()).toEqual({ resync: true, changes: [] });
  });
});
