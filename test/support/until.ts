const STEP_MS = 20;

/**
 * Waits until `look` returns a truthy value, and returns it.
 * @param what the expected condition, for the error message
 * @param ms maximum wait; generous, because a busy machine is not a failure
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  ms = 15_000,
): Promise<Exclude<T, false | undefined | null>> {
  const end = performance.now() + ms;
  for (;;) {
    const value = await look();
    if (value) return value as Exclude<T, false | undefined | null>;
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
}
