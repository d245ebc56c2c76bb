import { statfs } from 'node:fs/promises';
import type { Health, HealthStatus } from '../core/telemetry.ts';

/** Below this, the next large artifact may not fit. */
const LOW_DISK_BYTES = 256 * 1024 * 1024;
const WORST_FIRST: readonly HealthStatus[] = ['DOWN', 'DEGRADED', 'OK'];

interface HealthDeps {
  readonly version: string;
  readonly dataDir: string;
  /** Rejects when the database does not respond. */
  ping(): Promise<void>;
  /** Whether the ends of runs are being signed; undefined when signing is off. */
  audit?(): Check | undefined;
}

type Check = Health['checks'][number];

/** Checks what the server depends on: its database and free disk space. */
export function createHealth({ version, dataDir, ping, audit }: HealthDeps): () => Promise<Health> {
  const startedAt = performance.now();

  const database = async (): Promise<Check> => {
    try {
      await ping();
      return { name: 'database', status: 'OK' };
    } catch {
      return { name: 'database', status: 'DOWN', detail: 'The database does not respond. See the log for details.' };
    }
  };
  const disk = async (): Promise<Check> => {
    const { bavail, bsize } = await statfs(dataDir);
    const free = bavail * bsize;
    if (free >= LOW_DISK_BYTES) return { name: 'disk', status: 'OK' };
    return {
      name: 'disk',
      status: 'DEGRADED',
      detail: `Only ${Math.floor(free / 1_048_576)} MiB of disk space are left for data.`,
    };
  };

  return async () => {
    const signing = audit?.();
    const checks = [...(await Promise.all([database(), disk()])), ...(signing ? [signing] : [])];
    const status = WORST_FIRST.find((one) => checks.some((check) => check.status === one)) ?? 'OK';
    return { status, version, uptimeMs: performance.now() - startedAt, checks };
  };
}
