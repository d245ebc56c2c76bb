const STEP_MS = 20;

/**
 * Waits until `look` gives something true, and gives that.
 * @param what says in the error what did not come to be
 * @param ms how long at most; generous, because a busy machine is no failure
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  ms = 15_000,
): Promise<Exclude<T, false | undefined | null>> {
  const end = performance.now() + ms;
  for (;;) {
    const found = await look();
    if (found) return found as Exclude<T, false | undefined | null>;
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
}
