import { Fault } from './errors.ts';

/** Why the signal was aborted, as a fault: its reason if that is a fault, otherwise TIMEOUT or CANCELLED. */
export function abortFault(signal: AbortSignal): Fault {
  const reason: unknown = signal.reason;
  if (reason instanceof Fault) return reason;
  const timedOut = reason instanceof Error && reason.name === 'TimeoutError';
  return timedOut
    ? new Fault('TIMEOUT', 'The time limit was exceeded.', { cause: reason })
    : new Fault('CANCELLED', 'The operation was cancelled.', { cause: reason });
}

/**
 * Yields the chunks of the source until the signal is aborted, even while the source is silent. The source is ended in
 * either case; after an abort its end is not awaited.
 * @throws Fault see `abortFault`
 */
export async function* abortable(source: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  let open = true;
  try {
    for (;;) {
      const { done, value } = await nextOrAbort(iterator, signal);
      if (done) {
        open = false;
        return;
      }
      yield value;
    }
  } finally {
    const closing = open ? iterator.return?.() : undefined;
    if (signal.aborted) closing?.catch(() => {});
    else await closing;
  }
}

/** Avoids `Promise.race`: with one long-lived promise, each chunk would leave a reaction on it. */
function nextOrAbort<T>(iterator: AsyncIterator<T>, signal: AbortSignal): Promise<IteratorResult<T, unknown>> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(abortFault(signal));
    const onAbort = () => reject(abortFault(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    iterator
      .next()
      .finally(() => signal.removeEventListener('abort', onAbort))
      .then(resolve, reject);
  });
}
