/** How long queued work may use one turn of the event loop, in milliseconds. */
const TIME_SLICE_MS = 4;

/**
 * Runs the reads of the store in order, a few milliseconds in each turn of the event loop, so that readers that catch up do
 * not block it, however many there are.
 */
export function createTimeSlices(): <T>(work: () => T) => Promise<T> {
  const queue: (() => void)[] = [];

  const runSlice = () => {
    const end = performance.now() + TIME_SLICE_MS;
    do queue.shift()?.();
    while (queue.length > 0 && performance.now() < end);
    if (queue.length > 0) setImmediate(runSlice);
  };

  return (work) =>
    new Promise((resolve, reject) => {
      queue.push(() => {
        try {
          resolve(work());
        } catch (error) {
          reject(error);
        }
      });
      if (queue.length === 1) setImmediate(runSlice);
    });
}
