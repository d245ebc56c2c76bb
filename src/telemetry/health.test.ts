import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { createHealth } from './health.ts';

it('has the status of its worst check', async () => {
  const up = await createHealth({ version: '1', dataDir: tmpdir(), ping: async () => {} })();
  expect(up.checks.map(({ name }) => name)).toEqual(['database', 'disk']);
  expect(up.status).not.toBe('DOWN');
  const ping = () => Promise.reject(new Error('SQLITE_IOERR at /secret/path'));
  const down = await createHealth({ version: '1', dataDir: tmpdir(), ping })();
  expect(down).toMatchObject({ status: 'DOWN', checks: [{ name: 'database', status: 'DOWN' }, {}] });
  expect(JSON.stringify(down)).not.toContain('secret');
});
