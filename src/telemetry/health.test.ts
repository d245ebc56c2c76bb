import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createHealth } from './health.ts';

const deps = {
  version: '1',
  dataDir: tmpdir(),
  ping: async () => {},
  storage: async () => ({ name: 'storage', status: 'OK' }) as const,
};
const failing = () => Promise.reject(new Error('SQLITE_IOERR at /secret/path'));

describe('the health of the server', () => {
  it('has the status of its worst check', async () => {
    const up = await createHealth(deps)();
    expect(up.checks.map(({ name }) => name)).toEqual(['database', 'disk', 'storage']);
    expect(up.status).not.toBe('DOWN');
    const audit = () => ({ name: 'audit', status: 'DEGRADED' }) as const;
    expect(await createHealth({ ...deps, audit })()).toMatchObject({ status: 'DEGRADED', checks: { length: 4 } });
  });

  it('is worse without NATS, but not for a moment, and never DOWN', async () => {
    const check = async (ms: number) =>
      (await createHealth({ ...deps, bus: { disconnectedMs: () => ms } })()).checks.at(-1);
    expect(await check(0)).toEqual({ name: 'bus', status: 'OK' });
    expect(await check(9_999)).toEqual({ name: 'bus', status: 'OK' });
    expect(await check(3_600_000)).toEqual({
      name: 'bus',
      status: 'DEGRADED',
      detail: expect.stringContaining('3600 s; jobs wait'),
    });
  });

  it.each([
    ['database', { ping: failing }],
    ['storage', { storage: failing }],
    ['disk', { dataDir: join(tmpdir(), 'secret', 'removed') }],
  ])('reports a check that fails, without its error: %s', async (name, failure) => {
    const down = await createHealth({ ...deps, ...failure })();
    expect(down.status).toBe('DOWN');
    expect(down.checks).toContainEqual({ name, status: 'DOWN', detail: expect.stringMatching(/\. .+\.$/) });
    expect(JSON.stringify(down)).not.toContain('secret');
  });
});
