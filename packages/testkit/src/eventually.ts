const LIMIT_MS = 10_000;
const STEP_MS = 10;

/** Waits for an effect that comes by itself: asks again until `probe` stops throwing, 10 seconds at most, then throws what it threw last. */
export async function eventually<T>(probe: () => Promise<T> | T, limitMs = LIMIT_MS): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    try {
      return await probe();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, STEP_MS));
    }
  }
}
