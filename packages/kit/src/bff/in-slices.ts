/** Few enough that what belongs to them stays in the processor's caches from the first step of telling them to the last. */
const SLICE = 64;

/**
 * Does small pieces of work in the order in which they come, the first of them behind the current turn and no more than a slice in one turn:
 * thousands of clients are told of a change without holding up everybody else.
 */
export function createSlices(): (work: () => void) => void {
  let waiting: (() => void)[] = [];
  let done = 0;

  const doSlice = () => {
    const end = Math.min(waiting.length, done + SLICE);
    while (done < end) waiting[done++]!();
    if (done < waiting.length) return void setImmediate(doSlice);
    waiting = [];
    done = 0;
  };

  return (work) => {
    if (waiting.push(work) === 1) queueMicrotask(doSlice);
  };
}
