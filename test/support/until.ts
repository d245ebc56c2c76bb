const STEP_MS = 20;

/** Ends what hangs, a little before the time limit of a test, so that the error says what was expected. */
const MAX_WAIT_MS = 110_000;

/**
 * Waits until `look` returns a truthy value, and returns it. A busy machine is not a failure.
 * @param what the expected condition, for the error message
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  ms = MAX_WAIT_MS,
): Promise<Exclude<T, false | undefined | null>> {
  const end = performance.now() + ms;
  for (;;) {
    const value = await look();
    if (value) return value as Exclude<T, false | undefined | null>;
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
}
