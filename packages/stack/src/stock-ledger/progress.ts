import { SingleBar } from 'cli-progress';

/** Where progress is shown: a terminal gets a bar, a log a line now and then. */
export interface Progress {
  /** @param label what is being done. */
  update(label: string, done: number, total: number): void;
  stop(): void;
}

const LINE_EVERY_MS = 10_000;

/** @param options.now milliseconds; a line is written when ten seconds went by. */
export function createProgress(options: {
  readonly stream: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly now: () => number;
}): Progress {
  const { stream, now } = options;
  if (stream.isTTY) return barOn(stream);
  let last = now();
  return {
    update(label, done, total) {
      if (now() - last < LINE_EVERY_MS) return;
      last = now();
      stream.write(`${label}: ${done} of ${total}\n`);
    },
    stop: () => undefined,
  };
}

function barOn(stream: NodeJS.WritableStream): Progress {
  const bar = new SingleBar({
    format: '{label} {bar} {percentage}% | {duration_formatted}',
    hideCursor: true,
    clearOnComplete: true,
    stream,
  });
  let isStarted = false;
  return {
    update(label, done, total) {
      if (!isStarted) bar.start(total, done, { label });
      isStarted = true;
      bar.setTotal(total);
      bar.update(done, { label });
    },
    stop: () => bar.stop(),
  };
}
