import { Fault } from './errors.ts';

/** Why the signal was aborted, as the fault to end with: its reason where that is one, else TIMEOUT or CANCELLED. */
export function abortFault(signal: AbortSignal): Fault {
  const reason: unknown = signal.reason;
  if (reason instanceof Fault) return reason;
  const timedOut = reason instanceof Error && reason.name === 'TimeoutError';
  return timedOut
    ? new Fault('TIMEOUT', 'The time for this was up.', { cause: reason })
    : new Fault('CANCELLED', 'This was cancelled.', { cause: reason });
}

/**
 * The same chunks, until the signal is aborted, even while the source keeps silent. The source is told to end in
 * either case, and not waited for when it was aborted.
 * @throws Fault as `abortFault` says
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
    const ended = open ? iterator.return?.() : undefined;
    if (signal.aborted) ended?.catch(() => {});
    else await ended;
  }
}

/** Without `Promise.race`: against one long-lived promise, each chunk would leave a reaction behind on it. */
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
