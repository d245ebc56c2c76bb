/**
 * The elements of batches, one by one. Calls of `next` may overlap; their results come in order. `return` takes effect at once, also
 * while a batch is awaited.
 * @param isLast whether the iterator ends after the batch.
 */
export function flatten<Batch, T>(
  batches: AsyncIterableIterator<Batch, undefined>,
  elementsOf: (batch: Batch) => readonly T[],
  isLast: (batch: Batch) => boolean = () => false,
): AsyncIterableIterator<T, undefined> {
  let elements: readonly T[] = [];
  let position = 0;
  let ended = false;
  let waiting = 0;
  let newest: Promise<unknown> = Promise.resolve();

  async function advance(): Promise<IteratorResult<T, undefined>> {
    while (position >= elements.length) {
      if (ended) return { done: true, value: undefined };
      const { done, value } = await batches.next();
      if (done) ended = true;
      else {
        elements = elementsOf(value);
        position = 0;
        if (isLast(value)) {
          ended = true;
          await batches.return?.();
        }
      }
    }
    return { done: false, value: elements[position++] as T };
  }

  return {
    next() {
      if (waiting === 0 && position < elements.length) {
        return Promise.resolve({ done: false, value: elements[position++] as T });
      }
      waiting += 1;
      const result = newest.then(advance).finally(() => {
        waiting -= 1;
      });
      newest = result.catch(() => {});
      return result;
    },
    async return() {
      ended = true;
      elements = [];
      await batches.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
