import { describe, expect, it } from 'vitest';
import { createSlices } from './in-slices.ts';

describe('work in slices', () => {
  it('is done in order, never in the turn in which it came, and lets others have a turn in between', async () => {
    const soon = createSlices();
    const done: number[] = [];
    for (let index = 0; index < 150; index += 1) soon(() => done.push(index));
    expect(done).toHaveLength(0);
    await Promise.resolve();
    expect(done).toHaveLength(64);
    soon(() => done.push(150));
    const seen: number[] = [];
    while (done.length < 151) {
      await new Promise(setImmediate);
      seen.push(done.length);
    }
    expect(seen.length).toBeGreaterThan(1);
    expect(done).toEqual(Array.from({ length: 151 }, (_, index) => index));
  });

  it('goes on after all was done', async () => {
    const soon = createSlices();
    for (let round = 1; round <= 3; round += 1) {
      let done = 0;
      soon(() => (done = round));
      await Promise.resolve();
      expect(done).toBe(round);
    }
  });
});
