/**
 * Resolves at the first SIGINT or SIGTERM from now on: also at one that comes during a start, which is then completed and stopped.
 * A second SIGINT ends the process at once.
 */
export function nextInterruption(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}
