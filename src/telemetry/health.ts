import { statfs } from 'node:fs/promises';
import type { HealthCheck as Check, Health, HealthStatus } from '../core/telemetry.ts';

/** Below this, the next large artifact may not fit. */
const LOW_DISK_BYTES = 256 * 1024 * 1024;
/** A connection that is lost for less is being restored: its server was restarted, or another one of the cluster takes over. */
const BUS_GRACE_MS = 10_000;
const WORST_FIRST: readonly HealthStatus[] = ['DOWN', 'DEGRADED', 'OK'];

interface HealthDeps {
  readonly version: string;
  readonly dataDir: string;
  /** Rejects when the database does not respond. */
  ping(): Promise<void>;
  /** Whether what the database has on disk is in place and whole. */
  storage(): Promise<Check>;
  /** Whether the ends of runs are being signed. Default: signing is off. */
  audit?(): Check;
  /** The bus to other nodes and workers. Default: nothing is outside this process. */
  readonly bus?: { disconnectedMs(): number };
  /** Other services that are configured. None of them rejects. */
  readonly services?: readonly (() => Promise<Check>)[];
}

/** Checks what the server depends on: its database, the free disk space, the audit, the bus, other services. Never rejects. */
export function createHealth({
  version,
  dataDir,
  ping,
  storage,
  audit,
  bus,
  services = [],
}: HealthDeps): () => Promise<Health> {
  const startedAt = performance.now();

  const database = async (): Promise<Check> => {
    await ping();
    return { name: 'database', status: 'OK' };
  };
  const disk = async (): Promise<Check> => {
    const { bavail, bsize } = await statfs(dataDir);
    const free = bavail * bsize;
    if (free >= LOW_DISK_BYTES) return { name: 'disk', status: 'OK' };
    return {
      name: 'disk',
      status: 'DEGRADED',
      detail: `Only ${Math.floor(free / 1_048_576)} MiB of disk space are left for data. Free some space.`,
    };
  };
  const busCheck = (ms: number): Check => {
    if (ms < BUS_GRACE_MS) return { name: 'bus', status: 'OK' };
    return {
      name: 'bus',
      status: 'DEGRADED',
      detail: `NATS has not been reached for ${Math.floor(ms / 1_000)} s; jobs wait until it is back. See the log for details.`,
    };
  };
  /** Details are public, so they do not contain the error. */
  const checkBy = (name: string, check: () => Promise<Check>, detail: string): Promise<Check> =>
    check().catch(() => ({ name, status: 'DOWN', detail }));

  return async () => {
    const checks = await Promise.all([
      checkBy('database', database, 'The database does not respond. See the log for details.'),
      checkBy('disk', disk, 'The data folder cannot be read. Put it back, then restart the server.'),
      checkBy('storage', storage, 'The files of the database cannot be checked. See the log for details.'),
      ...(audit
        ? [checkBy('audit', async () => audit(), 'The checkpoints cannot be checked. See the log for details.')]
        : []),
      ...(bus ? [busCheck(bus.disconnectedMs())] : []),
      ...services.map((check) => check()),
    ]);
    const status = WORST_FIRST.find((one) => checks.some((check) => check.status === one)) ?? 'OK';
    return { status, version, uptimeMs: performance.now() - startedAt, checks };
  };
}
