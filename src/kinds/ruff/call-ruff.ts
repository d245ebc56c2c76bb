import type { Work } from '../../core/work.ts';
import type { RuffOrder, RuffReport } from './ruff-task.ts';

const TASK = new URL('./ruff-task.ts', import.meta.url);
const TIMEOUT_MS = 10_000;

/** Ruff in a worker thread, which may be stopped. @throws Fault TIMEOUT, RESOURCE_TOO_LARGE, UNAVAILABLE */
export function callRuff(order: RuffOrder, work: Work): Promise<RuffReport> {
  return work.cpu.run<RuffOrder, RuffReport>(TASK, order, { timeoutMs: TIMEOUT_MS, signal: work.signal });
}

export function isPython({ path }: { readonly path: string }): boolean {
  return path.endsWith('.py');
}
