import { eventually } from '@kontor/testkit/src/eventually.ts';
import { createFakeStock } from '@kontor/testkit/src/fake-stock.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { guestOf } from '../auth/caller.ts';
import { newId } from '../ids.ts';
import { silentLogger } from '../logger.ts';
import { createAvailabilityHub, type AvailabilityHub } from './availability-hub.ts';
import type { AvailabilityStream } from './availability-stream.ts';

const guest = guestOf('web');
const staff = { role: 'staff', subject: 'staff-1', channel: 'web', scopes: [] } as const;

let stock: ReturnType<typeof createFakeStock>;
let hub: AvailabilityHub;
beforeEach(() => {
  stock = createFakeStock();
  hub = createAvailabilityHub({
    stock,
    service: 'bff-web',
    channel: 'web',
    logger: silentLogger,
    backoff: { firstMs: 1, mostMs: 4 },
  });
});
afterEach(() => hub.stop());

const started = async () => {
  hub.start();
  await eventually(() => expect(stock.feeds).toBe(1));
};
const quantities = async (stream: AvailabilityStream) => {
  const { value } = await stream.next();
  return (
    value && {
      snapshot: value.snapshot,
      variants: value.variants.map((each) => [each.variantId, each.sellableQuantity, each.version]),
    }
  );
};

describe('a subscription', () => {
  it('begins with a snapshot of all its variants, whatever `since` says, and goes on with what changes', async () => {
    await started();
    const [tent, lamp, rope] = [newId(), newId(), newId()];
    stock.set(tent, 7);
    stock.set(lamp, 3);
    const stream = hub.subscribe(guest, { variantIds: [lamp, tent], since: [{ variantId: tent, version: 1 }] });
    expect(await quantities(stream)).toEqual({
      snapshot: true,
      variants: [
        [lamp, 3, 1],
        [tent, 7, 1],
      ],
    });
    stock.set(rope, 5);
    stock.set(tent, 6);
    expect(await quantities(stream)).toEqual({ snapshot: false, variants: [[tent, 6, 2]] });
  });

  it('has words for the real quantity and caps what guests see, but not what staff see', async () => {
    await started();
    const [many, few, none] = [newId(), newId(), newId()];
    stock.set(many, 5_000);
    stock.set(few, 5);
    stock.set(none, 0);
    const told = async (caller: Parameters<AvailabilityHub['subscribe']>[0]) =>
      (await hub.subscribe(caller, { variantIds: [many, few, none] }).next()).value?.variants.map(
        ({ status, sellableQuantity }) => [status, sellableQuantity],
      );
    expect(await told(guest)).toEqual([
      ['IN_STOCK', 999],
      ['LOW', 5],
      ['OUT', 0],
    ]);
    expect(await told(staff)).toEqual([
      ['IN_STOCK', 5_000],
      ['LOW', 5],
      ['OUT', 0],
    ]);
  });

  it('is not told a version twice, however often the feed repeats it', async () => {
    await started();
    const tent = newId();
    stock.set(tent, 7);
    const stream = hub.subscribe(guest, { variantIds: [tent] });
    await stream.next();
    stock.repeat(tent);
    stock.repeat(tent);
    stock.set(tent, 4);
    expect(await quantities(stream)).toEqual({ snapshot: false, variants: [[tent, 4, 2]] });
  });

  it('gives a slow client the latest of each variant instead of every change', async () => {
    await started();
    const [tent, lamp] = [newId(), newId()];
    stock.set(tent, 100);
    stock.set(lamp, 1);
    const stream = hub.subscribe(guest, { variantIds: [tent, lamp] });
    await stream.next();
    const fast = hub.subscribe(guest, { variantIds: [tent] });
    await fast.next();
    for (let left = 99; left >= 50; left -= 1) stock.set(tent, left);
    await eventually(async () => expect((await quantities(fast))?.variants).toEqual([[tent, 50, 51]]));
    expect(await quantities(stream)).toEqual({ snapshot: false, variants: [[tent, 50, 51]] });
  });

  it('keeps a change that the feed tells while the snapshot is being read', async () => {
    await started();
    const tent = newId();
    stock.set(tent, 7);
    const other = hub.subscribe(guest, { variantIds: [tent] });
    await other.next();
    const read = stock.holdReads();
    const stream = hub.subscribe(guest, { variantIds: [tent] });
    await eventually(() => expect(stock.reads).toHaveLength(2));
    stock.set(tent, 6);
    expect(await quantities(other)).toEqual({ snapshot: false, variants: [[tent, 6, 2]] });
    read.release();
    expect(await quantities(stream)).toEqual({ snapshot: true, variants: [[tent, 6, 2]] });
  });

  it('refuses more than 100 variants and what is no id, and tells the field', async () => {
    const many = Array.from({ length: 101 }, newId);
    expect(() => hub.subscribe(guest, { variantIds: many })).toThrow(/at most 100/);
    expect(() =>
      hub.subscribe(guest, { variantIds: [newId()], since: many.map((variantId) => ({ variantId, version: 1 })) }),
    ).toThrow(/since/);
    expect(() => hub.subscribe(guest, { variantIds: ["'; drop table levels"] })).toThrow(/is not the id/);
  });
});

describe('many subscriptions', () => {
  it('share one feed and, when they come together, one read', async () => {
    await started();
    const variantIds = Array.from({ length: 20 }, newId);
    for (const variantId of variantIds) stock.set(variantId, 9);
    const streams = Array.from({ length: 200 }, (_, index) =>
      hub.subscribe(guest, { variantIds: [variantIds[index % 20]!] }),
    );
    await Promise.all(streams.map((stream) => stream.next()));
    expect(stock.feeds).toBe(1);
    expect(stock.reads.map((ids) => ids.length)).toEqual([20]);
  });

  it('of callers of one role are told one object, those of another role another', async () => {
    await started();
    const [tent, lamp] = [newId(), newId()];
    stock.set(tent, 7);
    const told = async () => {
      stock.set(tent, 5_000);
      return Promise.all(streams.map(async (stream) => (await stream.next()).value));
    };
    const streams = [
      hub.subscribe(guest, { variantIds: [tent] }),
      hub.subscribe(guest, { variantIds: [tent, lamp] }),
      hub.subscribe(staff, { variantIds: [tent] }),
    ];
    await Promise.all(streams.map((stream) => stream.next()));
    const [one, other, exact] = await told();
    expect(other).toBe(one);
    expect([one, exact].map((update) => update?.variants[0]?.sellableQuantity)).toEqual([999, 5_000]);
  });

  it('are read in parts of at most 1,000 variants', async () => {
    await started();
    const streams = Array.from({ length: 25 }, () =>
      hub.subscribe(guest, { variantIds: Array.from({ length: 100 }, newId) }),
    );
    await Promise.all(streams.map((stream) => stream.next()));
    expect(stock.reads.map((ids) => ids.length)).toEqual([1_000, 1_000, 500]);
  });
});

describe('when stock goes and comes back', () => {
  it('tells each client what changed in between, and goes on from there', async () => {
    await started();
    const [tent, lamp] = [newId(), newId()];
    stock.set(tent, 7);
    stock.set(lamp, 3);
    const stream = hub.subscribe(guest, { variantIds: [tent, lamp] });
    await stream.next();
    stock.goDown();
    stock.set(tent, 5);
    stock.comeBack();
    expect(await quantities(stream)).toEqual({ snapshot: false, variants: [[tent, 5, 2]] });
    await eventually(() => expect(stock.feeds).toBe(1));
    stock.set(lamp, 2);
    expect(await quantities(stream)).toEqual({ snapshot: false, variants: [[lamp, 2, 2]] });
  });

  it('keeps a subscription open that came while stock was down, and begins it with a snapshot', async () => {
    const tent = newId();
    stock.set(tent, 7);
    stock.goDown();
    hub.start();
    const stream = hub.subscribe(guest, { variantIds: [tent] });
    const first = quantities(stream);
    await eventually(() => expect(stock.refusals).toBeGreaterThan(6));
    stock.comeBack();
    expect(await first).toEqual({ snapshot: true, variants: [[tent, 7, 1]] });
  });

  it('reads everything again when the feed says that events may have been lost', async () => {
    await started();
    const tent = newId();
    stock.set(tent, 7);
    const stream = hub.subscribe(guest, { variantIds: [tent] });
    await stream.next();
    stock.loseEvent(tent, 2);
    stock.resync();
    expect(await quantities(stream)).toEqual({ snapshot: false, variants: [[tent, 2, 2]] });
  });

  it('tells a quantity that moved without a version, as when the channel loses a location', async () => {
    await started();
    const tent = newId();
    stock.set(tent, 7);
    const stream = hub.subscribe(guest, { variantIds: [tent] });
    await stream.next();
    stock.move(tent, 4);
    stock.resync();
    expect(await quantities(stream)).toEqual({ snapshot: false, variants: [[tent, 4, 1]] });
  });
});

describe('the end', () => {
  it('of a subscription answers a client that waits, and nothing is read for it any more', async () => {
    await started();
    const [tent, lamp] = [newId(), newId()];
    const leaving = hub.subscribe(guest, { variantIds: [tent] });
    const staying = hub.subscribe(guest, { variantIds: [lamp] });
    await Promise.all([leaving.next(), staying.next()]);
    const waiting = leaving.next();
    await leaving.return();
    expect(await waiting).toEqual({ done: true, value: undefined });
    stock.resync();
    await eventually(() => expect(stock.reads).toHaveLength(2));
    expect(stock.reads[1]).toEqual([lamp]);
  });

  it('of the hub ends the feed and every subscription', async () => {
    await started();
    const stream = hub.subscribe(guest, { variantIds: [newId()] });
    await stream.next();
    const waiting = stream.next();
    hub.stop();
    expect(await waiting).toEqual({ done: true, value: undefined });
    await eventually(() => expect(stock.feeds).toBe(0));
  });
});
