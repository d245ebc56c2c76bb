/** How long one turn of the event loop may be used for such work, in milliseconds. */
const TIME_SLICE_MS = 4;

/**
 * Shares the event loop out among readers of the store: what they ask for is done in their order, a few milliseconds in
 * each turn of the loop, so that no number of readers that catch up holds up everybody else.
 */
export function createTimeSlices(): <T>(work: () => T) => Promise<T> {
  const queue: (() => void)[] = [];

  const turn = () => {
    const end = performance.now() + TIME_SLICE_MS;
    do queue.shift()?.();
    while (queue.length > 0 && performance.now() < end);
    if (queue.length > 0) setImmediate(turn);
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
      if (queue.length === 1) setImmediate(turn);
    });
}
