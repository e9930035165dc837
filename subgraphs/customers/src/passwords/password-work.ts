/** Each takes 19 MiB and a thread of libuv's four, which DNS and files need, too. */
const AT_ONCE = 2;
/** About two seconds of work. */
const WAITING = 64;

/** The costly work on passwords, a few at once and a bounded number behind them. */
export interface PasswordWork {
  /** Does it in turn; null when too much is waiting already. */
  run<T>(work: () => Promise<T>): Promise<T> | null;
}

export function createPasswordWork(atOnce = AT_ONCE, waiting = WAITING): PasswordWork {
  const queue: (() => void)[] = [];
  let running = 0;
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (running < atOnce) running += 1;
    // Whoever ends hands its place on, so that nobody overtakes those who wait.
    else await new Promise<void>((begin) => queue.push(begin));
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next) next();
      else running -= 1;
    }
  };
  return { run: (work) => (running === atOnce && queue.length >= waiting ? null : inTurn(work)) };
}
