import type { Timing } from '@kontor/kit/src/timing.ts';

const DURATION_MS = 1_000;
const STEPS = 20;

/**
 * Does something for each of many within a second, in random order and in small parts: what ends together comes back together.
 * The first part is done a moment later, never within the call.
 */
export function spreadOverTime<Item>(
  items: Iterable<Item>,
  act: (item: Item) => void,
  { timing, random }: { readonly timing: Timing; readonly random: () => number },
): void {
  const parts = Array.from({ length: STEPS }, (): Item[] => []);
  for (const item of items) parts[Math.floor(random() * STEPS)]!.push(item);
  parts.forEach((part, step) => {
    if (part.length === 0) return;
    timing.after((step * DURATION_MS) / STEPS, () => part.forEach(act));
  });
}
