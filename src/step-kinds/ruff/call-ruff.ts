import { abortFault } from '../../core/abort.ts';
import type { AgentSession } from '../../core/agent-session.ts';
import { atCapacity, Fault } from '../../core/errors.ts';
import { createSemaphore } from '../../lib/semaphore.ts';
import type { RuffReport, RuffRequest } from './run-ruff.ts';
import { spawnRuff } from './spawn-ruff.ts';

const TIMEOUT_MS = 10_000;

/** Limited, because each process needs a CPU core and about 120 MiB. */
const slots = createSemaphore({ permits: 2, maxQueued: 256, onFull: atCapacity });

/** Runs ruff in a separate process. @throws Fault TIMEOUT, CANCELLED, RESOURCE_TOO_LARGE, UNAVAILABLE */
export async function callRuff(request: RuffRequest, { signal }: Pick<AgentSession, 'signal'>): Promise<RuffReport> {
  const release = await acquireSlot(signal);
  const timeout = new AbortController();
  const message = `Ruff took longer than ${TIMEOUT_MS} ms and was stopped. Use fewer or smaller files.`;
  const timer = setTimeout(() => timeout.abort(new Fault('TIMEOUT', message)), TIMEOUT_MS);
  try {
    return await spawnRuff(request, AbortSignal.any([signal, timeout.signal]));
  } finally {
    clearTimeout(timer);
    release();
  }
}

export function isPython({ path }: { readonly path: string }): boolean {
  return path.endsWith('.py');
}

function acquireSlot(signal: AbortSignal): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(abortFault(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) return onAbort();
    const acquisition = (async () => slots.acquire())();
    acquisition.then((release) => {
      signal.removeEventListener('abort', onAbort);
      // The caller no longer waits for the slot.
      if (signal.aborted) release();
      else resolve(release);
    }, reject);
  });
}
