import { createCpuPool } from '../../runtime/cpu/cpu-pool.ts';
import type { WorkerLimits } from '../../runtime/cpu/limits-task.ts';
import { type Finding, limited, usable } from './finding.ts';

const TASK_URL = new URL('../../runtime/cpu/limits-task.ts', import.meta.url);
const TIMEOUT_MS = 5_000;

/** The workers of transforms, schema checks and conversions, by running a task in one. */
export async function checkWorkers(): Promise<readonly Finding[]> {
  const pool = createCpuPool({ maxWorkers: 1 });
  try {
    const began = performance.now();
    const cpu = pool.of({ tenant: '', subject: 'doctor' });
    const { memory, endsWithServer } = await cpu.run<null, WorkerLimits>(TASK_URL, null, { timeoutMs: TIMEOUT_MS });
    const ms = Math.round(performance.now() - began);
    if (memory && endsWithServer) return [usable('workers', `the kernel limits their memory; ${ms} ms to start one`)];
    const what = memory ? 'one may outlive a server that is killed' : 'only the heap of V8 limits their memory';
    return [limited('workers', what, 'Install util-linux (/usr/bin/prlimit and /usr/bin/setpriv), on Linux.')];
  } finally {
    await pool.close();
  }
}
