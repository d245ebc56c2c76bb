import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/cli/doctor/finding.ts';
import { runCli, startServer } from '../support/server.ts';
import { onPostgres } from '../support/store/on-postgres.ts';
import { createTempFolder } from '../support/temp-folder.ts';

/** The findings of the doctor, by name. */
async function doctor(env: Record<string, string> = {}, dataDir?: string) {
  const { code, output } = await runCli(['doctor', '--json'], { env, ...(dataDir !== undefined && { dataDir }) });
  const findings = JSON.parse(output) as readonly Finding[];
  return { code, findings: Object.fromEntries(findings.map((finding) => [finding.name, finding])) };
}

describe('signalbox doctor', () => {
  it('reports what is usable, and otherwise why not and what to do', async () => {
    const { code, findings } = await doctor();
    expect(code).toBe(0);
    expect(Object.keys(findings)).toEqual(
      expect.arrayContaining([
        'node',
        'data',
        'database',
        'policy',
        'sandbox',
        'memory of programs',
        'docker',
        'git',
        'bus',
        'pools',
      ]),
    );
    expect(findings['python (wasi)']).toMatchObject({
      usable: 'yes',
      detail: expect.stringMatching(/^Python 3\..* ms/),
    });
    expect(findings.workers).toMatchObject({
      usable: 'yes',
      detail: expect.stringMatching(/^the kernel limits their memory; \d+ ms to start one$/),
    });
    for (const { usable, advice } of Object.values(findings)) if (usable === 'no') expect(advice).toBeDefined();
  });

  it('fails if the server could not start, and says what is wrong', async () => {
    await using folder = await createTempFolder();
    const rules = join(folder.path, 'policy.csv');
    await writeFile(rules, 'g, admin\np, admin, everything, **, *, allow\n');
    const url = 'postgresql://nobody@127.0.0.1:1/none';
    const { code, findings } = await doctor({ POLICY_FILE: rules, DATABASE_URL: url });
    expect(code).toBe(1);
    expect(findings.database).toMatchObject({ usable: 'no', detail: expect.stringContaining('cannot be reached') });
    expect(findings.policy).toMatchObject({ usable: 'no', detail: expect.stringContaining('line 2') });
  });

  it('accepts a running server, and changes nothing without one', async () => {
    await using server = await startServer();
    const { code, findings } = await doctor({}, server.dataDir);
    expect(code).toBe(0);
    expect(findings.database?.detail).toContain('up to date');
    await using fresh = await createTempFolder();
    const { findings: without } = await doctor({}, join(fresh.path, 'data'));
    expect(without.database?.detail).toContain('to come');
  });

  it('prints a table for people', async () => {
    const { output } = await runCli(['doctor']);
    expect(output).toMatch(/^ {2}ok {2}node +v\d+/m);
  });
});

await onPostgres((makeHarness) => {
  it('the doctor and /health also check a PostgreSQL database', async () => {
    const harness = await makeHarness();
    try {
      const { findings } = await doctor({ DATABASE_URL: harness.url });
      expect(findings.database?.detail).toMatch(/^PostgreSQL .* up to date$/);
      // Whether the server of the test has data checksums, is not known.
      expect(findings.pages?.detail).toMatch(/no data checksums|no damaged page/);
      expect(findings.audit).toMatchObject({ usable: 'yes', detail: 'nothing is signed yet' });
      await using server = await startServer({ env: { DATABASE_URL: harness.url } });
      expect(await (await server.fetch('/health')).json()).toMatchObject({
        status: 'OK',
        checks: [{ name: 'database' }, { name: 'disk' }, { name: 'storage', status: 'OK' }, { name: 'audit' }],
      });
    } finally {
      await harness.remove();
    }
  });
});
