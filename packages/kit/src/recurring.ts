import type { Logger } from './logger.ts';

/** Work that is done again and again beside requests. */
export interface Recurring {
  /** Is told how to learn that it should come to an end soon. */
  readonly work: (isStopping: () => boolean) => Promise<void>;
  /** Milliseconds between the end of one turn and the beginning of the next. */
  readonly everyMs: number;
  /** Whether the first turn begins now instead of after the first pause. */
  readonly atOnce?: boolean;
  readonly logger: Logger;
  /** What is logged of a turn that failed; the next one comes all the same. */
  readonly onFailure: string;
}

/** Begins recurring work, one turn at a time. It keeps no process alive. @returns how to stop it, which waits for the turn that runs. */
export function startRecurring({ work, everyMs, atOnce = false, logger, onFailure }: Recurring): () => Promise<void> {
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  const turn = async () => {
    try {
      await work(() => stopped);
    } catch (error) {
      if (!stopped) logger.warn({ err: error }, onFailure);
    }
    if (!stopped) schedule();
  };
  const begin = () => {
    running = turn();
  };
  const schedule = () => {
    timer = setTimeout(begin, everyMs).unref();
  };

  if (atOnce) begin();
  else schedule();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await running;
  };
}
