const EVERY_MS = 1_000;

/**
 * Runs `look` again and again, a second after it last ended, so that it never runs beside itself.
 * @param look is told how to learn that it should end soon.
 * @param onError hears what `look` threw; it runs again nevertheless.
 * @returns how to stop it, after what is under way.
 */
export function lookEverySecond(
  look: (isStopping: () => boolean) => Promise<void>,
  onError: (error: unknown) => void,
): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;
  let running: Promise<void> = Promise.resolve();
  const schedule = (): void => {
    timer = setTimeout(() => {
      running = look(() => stopping)
        .catch(onError)
        .finally(() => {
          if (!stopping) schedule();
        });
    }, EVERY_MS);
  };
  schedule();
  return async () => {
    stopping = true;
    clearTimeout(timer);
    await running;
  };
}
