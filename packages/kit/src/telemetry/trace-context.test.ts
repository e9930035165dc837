import { describe, expect, it } from 'vitest';
import { readTraceContext } from './trace-context.ts';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('the trace of an incoming request', () => {
  it('is what stands in traceparent and tracestate', () => {
    const tracestate = 'vendor=opaque,other=1';
    expect(readTraceContext({ traceparent: TRACEPARENT, tracestate }, false)).toEqual({
      traceparent: TRACEPARENT,
      tracestate,
      foreign: false,
    });
    expect(readTraceContext({ traceparent: TRACEPARENT }, true)).toEqual({ traceparent: TRACEPARENT, foreign: true });
  });

  it.each([
    ['nothing', undefined],
    ['another version', `01${TRACEPARENT.slice(2)}`],
    ['upper case', TRACEPARENT.toUpperCase()],
    ['a trace of zeros', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`],
    ['a parent of zeros', `00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`],
    ['more than it may hold', `${TRACEPARENT}-x`],
    ['a line break', `${TRACEPARENT}\n`],
    ['two of them', [TRACEPARENT, TRACEPARENT]],
  ])('is none when there is %s', (_what, traceparent) => {
    expect(readTraceContext({ traceparent }, false)).toBeUndefined();
  });

  it('goes on without a tracestate that is too long or holds control characters', () => {
    for (const tracestate of ['a=1\r\nx-role: staff', 'a='.padEnd(513, '1'), ''])
      expect(readTraceContext({ traceparent: TRACEPARENT, tracestate }, false)).toEqual({
        traceparent: TRACEPARENT,
        foreign: false,
      });
  });
});
