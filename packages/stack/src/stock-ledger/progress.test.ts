import { describe, expect, it } from 'vitest';
import { createProgress } from './progress.ts';

describe('progress', () => {
  const streamOf = (isTTY: boolean) => {
    const written: string[] = [];
    const stream = {
      isTTY,
      columns: 80,
      write: (text: string) => written.push(text) > 0,
      on: () => stream,
      removeListener: () => stream,
    };
    return { written, stream: stream as unknown as NodeJS.WriteStream };
  };

  it('is a line every ten seconds where there is no terminal', () => {
    let now = 0;
    const { written, stream } = streamOf(false);
    const progress = createProgress({ stream, now: () => now });
    for (const at of [0, 9_999, 10_000, 19_999, 20_000]) {
      now = at;
      progress.update('variants', at / 100, 300);
    }
    progress.stop();
    expect(written).toEqual(['variants: 100 of 300\n', 'variants: 200 of 300\n']);
  });

  it('is a bar on a terminal', () => {
    const { written, stream } = streamOf(true);
    const progress = createProgress({ stream, now: () => 0 });
    progress.update('variants', 150, 300);
    progress.stop();
    expect(written.join('')).toContain('50%');
  });
});
