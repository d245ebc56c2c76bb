/**
 * Milliseconds to wait before the next attempt: `baseMs` doubled after each attempt, at most `maxMs`, of which half is
 * random so that calls that failed together do not return together.
 * @param attempts how many have failed, from 1
 */
export function backoffDelayMs(
  attempts: number,
  options: { readonly baseMs: number; readonly maxMs?: number; readonly random: () => number },
): number {
  const { baseMs, maxMs = Number.POSITIVE_INFINITY, random } = options;
  const delay = Math.min(maxMs, baseMs * 2 ** Math.min(attempts - 1, 30));
  return Math.round(delay * (0.5 + random() / 2));
}
