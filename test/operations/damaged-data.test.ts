import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/cli/doctor/finding.ts';
import { runCli, type Server, startServer, tokenFor } from '../support/server.ts';
import { createMigratedFile } from '../support/store/migrated-database.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';

const CONVERT = `mutation { convertToJson(input: { source: { uri: "data:text/csv,a%0A1" } }) {
  ... on CommandOutcome { run { state } } } }`;

interface HealthAnswer {
  readonly httpStatus: number;
  readonly status: string;
  readonly checks: Readonly<Record<string, { readonly status: string; readonly detail?: string }>>;
}

async function health(server: Server): Promise<HealthAnswer> {
  const response = await server.fetch('/health');
  const { status, checks } = (await response.json()) as { status: string; checks: { name: string; status: string }[] };
  return {
    httpStatus: response.status,
    status,
    checks: Object.fromEntries(checks.map((check) => [check.name, check])),
  };
}

async function doctor(dataDir: string) {
  const { code, output } = await runCli(['doctor', '-o', 'json'], { dataDir });
  const findings = JSON.parse(output) as readonly ({ readonly id: string } & Finding)[];
  return { code, findings: Object.fromEntries(findings.map((finding) => [finding.id, finding])) };
}

/** Has a run that ended and is signed. */
async function signRun(server: Server): Promise<void> {
  const token = await tokenFor('anna', { roles: ['analyst'] });
  expect((await server.query(CONVERT, {}, token)).data.convertToJson.run.state).toBe('SUCCEEDED');
}

/** Adds a table to a database that nobody uses, and overwrites one of its pages. */
async function damagePage(file: string): Promise<void> {
  const db = new Database(file);
  db.exec('CREATE TABLE filler (text)');
  db.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
    INSERT INTO filler SELECT hex(zeroblob(400)) FROM n`);
  const page = db.prepare<[], number>(`SELECT max(pageno) FROM dbstat WHERE name = 'filler' AND pagetype = 'leaf'`);
  const at = ((page.pluck().get() ?? 0) - 1) * Number(db.pragma('page_size', { simple: true }));
  db.close();
  const handle = await open(file, 'r+');
  await handle.write(Buffer.alloc(512, 0xff), 0, 512, at);
  await handle.close();
}

describe('a damaged page of the database', () => {
  it('is reported by /health of the server that starts on it, and by the doctor, with what to do', async () => {
    await using folder = await createTempFolder();
    const file = join(folder.path, 'signalbox.db');
    await createMigratedFile(file);
    await damagePage(file);
    await using server = await startServer({ dataDir: folder.path });
    const found = await until('the damage is noticed', async () => {
      const answer = await health(server);
      return answer.status === 'DOWN' && answer;
    });
    expect(found).toMatchObject({
      httpStatus: 503,
      checks: { storage: { status: 'DOWN', detail: expect.stringMatching(/damaged.*restore a backup/) } },
    });
    expect(server.logged('store.damaged')).toMatchObject([{ problems: [expect.any(String)] }]);
    const { code, findings } = await doctor(folder.path);
    expect(code).toBe(1);
    expect(findings.pages).toMatchObject({
      usable: 'no',
      detail: expect.stringMatching(/^damaged: /),
      advice: expect.stringContaining('restore a backup'),
    });
  });
});

describe('a data folder that is removed while the server runs', () => {
  it('is reported by /health and by GraphQL, part by part, and neither fails', async () => {
    await using base = await createTempFolder();
    const dataDir = join(base.path, 'data');
    await using server = await startServer({ dataDir });
    await signRun(server);
    expect(await health(server)).toMatchObject({ httpStatus: 200, status: 'OK' });
    await rename(dataDir, join(base.path, 'away'));
    const down = await until('the audit notices it', async () => {
      const answer = await health(server);
      return answer.checks.audit?.status === 'DEGRADED' && answer;
    });
    expect(down).toMatchObject({
      httpStatus: 503,
      status: 'DOWN',
      checks: {
        database: { status: 'OK' },
        disk: { status: 'DOWN', detail: expect.stringContaining('Put it back') },
        storage: { status: 'DOWN', detail: expect.stringMatching(/removed or replaced.*Put the file back/) },
        audit: { status: 'DEGRADED', detail: expect.stringMatching(/checkpoints\.log.*Put it back/) },
      },
    });
    expect(JSON.stringify(down)).not.toContain(base.path);
    const { data, errors } = await server.query('{ health { status checks { name status detail } } }');
    expect([data.health.status, errors]).toEqual(['DOWN', undefined]);

    await rename(join(base.path, 'away'), dataDir);
    await until('all is well again', async () => (await health(server)).status === 'OK');
    await signRun(server);
    await rm(dataDir, { recursive: true });
    expect((await health(server)).httpStatus).toBe(503);
    expect((await doctor(dataDir)).findings.database).toMatchObject({ usable: 'yes', detail: /to come/ });
  });
});

describe('the doctor', () => {
  it('compares checkpoints.log with the database, next to a running server, and changes neither', async () => {
    await using server = await startServer();
    await signRun(server);
    const log = join(server.dataDir, 'checkpoints.log');
    const audit = async () => (await doctor(server.dataDir)).findings.audit;
    await until('the run is signed', async () => /, 1 leaves$/.test((await audit())?.detail ?? ''));
    expect(await audit()).toMatchObject({ usable: 'yes' });
    await rename(log, `${log}.kept`);
    expect(await audit()).toMatchObject({
      usable: 'limited',
      detail: expect.stringMatching(/checkpoints\.log is gone/),
    });
    await rename(`${log}.kept`, log);
    const handle = await open(log, 'a');
    await handle.write('this is not a note\n');
    await handle.close();
    expect(await audit()).toMatchObject({ usable: 'no', detail: expect.stringMatching(/not a checkpoint/) });
  });
});
