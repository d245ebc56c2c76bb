import { abortFault } from '../../core/abort.ts';
import type { AgentSession } from '../../core/agent-session.ts';
import { Fault } from '../../core/errors.ts';
import { createFairSlots } from '../../lib/fair-queue.ts';
import type { RuffReport, RuffRequest } from './run-ruff.ts';
import { spawnRuff } from './spawn-ruff.ts';

/** Of a process that takes less than a second where the machine is not busy. */
const TIMEOUT_MS = 60_000;

/** Limited, because each process needs a CPU core and about 120 MiB. */
const slots = createFairSlots(2);

/** Runs ruff in a separate process. @throws Fault TIMEOUT, CANCELLED, RESOURCE_TOO_LARGE, UNAVAILABLE */
export async function callRuff(
  request: RuffRequest,
  { user, signal }: Pick<AgentSession, 'user' | 'signal'>,
): Promise<RuffReport> {
  const release = await slots.take(user, signal).catch(() => Promise.reject(abortFault(signal)));
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
