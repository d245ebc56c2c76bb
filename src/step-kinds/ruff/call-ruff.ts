import { abortFault } from '../../core/abort.ts';
import type { AgentSession } from '../../core/agent-session.ts';
import { atCapacity, Fault } from '../../core/errors.ts';
import { createSemaphore } from '../../lib/semaphore.ts';
import type { RuffReport, RuffRequest } from './run-ruff.ts';
import { spawnRuff } from './spawn-ruff.ts';

const TIMEOUT_MS = 10_000;

/** Each takes a processor and some 120 MiB; there may be more steps than machines have of either. */
const slots = createSemaphore({ permits: 2, maxQueued: 256, onFull: atCapacity });

/** Runs ruff in a separate process. @throws Fault TIMEOUT, CANCELLED, RESOURCE_TOO_LARGE, UNAVAILABLE */
export async function callRuff(order: RuffRequest, { signal }: Pick<AgentSession, 'signal'>): Promise<RuffReport> {
  const release = await acquireSlot(signal);
  const late = new AbortController();
  const message = `Ruff took longer than ${TIMEOUT_MS} ms and was stopped. Give it fewer files.`;
  const timer = setTimeout(() => late.abort(new Fault('TIMEOUT', message)), TIMEOUT_MS);
  try {
    return await spawnRuff(order, AbortSignal.any([signal, late.signal]));
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
    const coming = (async () => slots.acquire())();
    coming.then((release) => {
      signal.removeEventListener('abort', onAbort);
      // Nobody waits for it any more.
      if (signal.aborted) release();
      else resolve(release);
    }, reject);
  });
}
