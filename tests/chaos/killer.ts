import type { Killable } from './killable-process.ts';
import type { Random } from './random.ts';

/** Kills processes until it is stopped. */
export interface Killer {
  /** How many it has killed and seen back. @throws what kept a process from coming back. */
  readonly kills: number;
  /** Ends, with every process running. */
  stop(): Promise<void>;
}

/** From one to three seconds after all are ready, kills a random one with -9 and starts it again, and so on. */
export function killNowAndThen(processes: readonly Killable[], random: Random): Killer {
  let kills = 0;
  let stopping = false;
  let wake: () => void = () => undefined;
  const wait = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const running = (async () => {
    for (;;) {
      if (!stopping) await wait(random.between(1_000, 3_000));
      if (stopping) return;
      const victim = random.pick(processes);
      await victim.kill();
      await victim.restart();
      kills += 1;
    }
  })();
  let fault: unknown;
  running.catch((error: unknown) => {
    fault = error;
  });
  return {
    get kills() {
      // Whoever waits for a number of kills must not wait for ever.
      if (fault) throw fault as Error;
      return kills;
    },
    async stop() {
      stopping = true;
      wake();
      await running;
    },
  };
}
