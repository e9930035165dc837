import { describe, expect, it } from 'vitest';
import { createPriceHub } from './price-hub.ts';

describe('the hub of prices', () => {
  it('tells everyone who watches a variant, once however often its price changed meanwhile', async () => {
    const hub = createPriceHub();
    const [both, one] = [hub.watch(['a', 'b']), hub.watch(['a'])];
    for (let turn = 0; turn < 1_000; turn += 1) hub.changed(['a', 'b', 'nobody']);
    expect(await both.next()).toEqual(['a', 'b']);
    expect(await one.next()).toEqual(['a']);
    hub.changed(['b']);
    hub.changed(['a']);
    expect(await both.next()).toEqual(['b', 'a']);
  });

  it('has everyone look at everything when any price may be another', async () => {
    const hub = createPriceHub();
    const watch = hub.watch(['a', 'b']);
    hub.changed(['b']);
    hub.resync();
    expect((await watch.next())?.toSorted()).toEqual(['a', 'b']);
  });

  it('takes names for variants that objects have as their own', async () => {
    const hub = createPriceHub();
    const watch = hub.watch(['__proto__', 'constructor']);
    hub.changed(['toString']);
    hub.changed(['__proto__']);
    expect(await watch.next()).toEqual(['__proto__']);
  });

  it('forgets a watch that ends, also while it waits, and all when it closes', async () => {
    const hub = createPriceHub();
    const [ended, open] = [hub.watch(['a']), hub.watch(['a'])];
    const waiting = ended.next();
    ended.stop();
    ended.stop();
    expect([await waiting, hub.size]).toEqual([null, 1]);
    hub.changed(['a']);
    expect(await ended.next()).toBeNull();
    hub.close();
    expect([await open.next(), await hub.watch(['a']).next(), hub.size]).toEqual([null, null, 0]);
  });
});
