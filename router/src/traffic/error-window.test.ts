import { expect, it } from 'vitest';
import { createErrorWindow } from './error-window.ts';

it('counts what happened within the window and forgets a tenth at a time', () => {
  let now = 12_300;
  const window = createErrorWindow(1_000, () => now);
  window.add(true);
  now += 500;
  window.add(false);
  expect(window.counts()).toEqual({ requests: 2, failures: 1 });
  now += 499;
  expect(window.counts()).toEqual({ requests: 2, failures: 1 });
  now += 101;
  expect(window.counts()).toEqual({ requests: 1, failures: 0 });
  now += 400;
  expect(window.counts()).toEqual({ requests: 0, failures: 0 });
});

it('forgets everything after a pause of many windows', () => {
  let now = 0;
  const window = createErrorWindow(1_000, () => now);
  for (let count = 0; count < 5; count += 1) window.add(true);
  now += 123_456;
  window.add(false);
  expect(window.counts()).toEqual({ requests: 1, failures: 0 });
  window.clear();
  expect(window.counts()).toEqual({ requests: 0, failures: 0 });
});
