/** Lets time pass. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks until it is so. @throws Error when it is not after `limitMs`. */
export async function until(what: string, limitMs: number, isSo: () => Promise<boolean> | boolean): Promise<void> {
  const end = Date.now() + limitMs;
  for (;;) {
    // Whatever is being killed may not answer now; what counts is that it does in the end.
    const answer = await Promise.resolve()
      .then(isSo)
      .catch((error: unknown) => String(error));
    if (answer === true) return;
    if (Date.now() > end) throw new Error(`Not within ${limitMs} ms: ${what}${answer === false ? '' : ` (${answer})`}`);
    await pause(25);
  }
}
