import { describe, expect, it } from 'vitest';
import { createProductHub } from './product-hub.ts';

describe('the hub', () => {
  it('tells everyone who watches a product, once however often it changed meanwhile', async () => {
    const hub = createProductHub();
    const [both, one] = [hub.watch(['a', 'b']), hub.watch(['a'])];
    for (let turn = 0; turn < 1_000; turn += 1) hub.changed(['a', 'b', 'nobody']);
    expect(await both.next()).toEqual(['a', 'b']);
    expect(await one.next()).toEqual(['a']);
    hub.changed(['b']);
    hub.changed(['a']);
    expect(await both.next()).toEqual(['b', 'a']);
  });

  it('has everyone look at everything after a gap', async () => {
    const hub = createProductHub();
    const watch = hub.watch(['a', 'b']);
    hub.changed(['b']);
    hub.resync();
    expect((await watch.next())?.toSorted()).toEqual(['a', 'b']);
  });

  it('forgets a watch that ends, also while it waits, and all when it closes', async () => {
    const hub = createProductHub();
    const [ended, open] = [hub.watch(['a']), hub.watch(['a'])];
    const waiting = ended.next();
    ended.stop();
    ended.stop();
    expect([await waiting, hub.size]).toEqual([null, 1]);
    hub.changed(['a']);
    expect(await ended.next()).toBeNull();
    hub.close();
    expect([await open.next(), hub.size]).toEqual([null, 0]);
  });
});
