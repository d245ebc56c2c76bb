import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { runCli, startServer } from '../support/server.ts';
import { createMigratedDatabase } from '../support/store/migrated-database.ts';
import { onPostgres } from '../support/store/on-postgres.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { createTestUsers } from '../support/test-users.ts';
import { until } from '../support/until.ts';

type Kind = 'SQLite' | 'PostgreSQL';

/** A place for a server: a data folder, and an empty database if it is to be on PostgreSQL. */
async function emptyPlace(kind: Kind, dataDir: string) {
  if (kind === 'SQLite') return { dataDir, env: {}, remove: async () => {} };
  const { url, remove } = await createMigratedDatabase();
  return { dataDir, env: { DATABASE_URL: url }, remove };
}

/** An artifact of more than a few kilobytes, which is a file. */
const made = (text: string) => ({
  id: 'made',
  kind: 'command',
  command: 'convertToBase64',
  input: { source: { text: { text } } },
});
const workflow = (...steps: readonly object[]) => ({ document: { name: 'saved', steps } });
const RUN_QUERY = `query ($id: ID!) {
  run(id: $id) { state steps { key state resource { text } } } verifyRun(id: $id) { valid problems events } }`;

/** Replaces a text in a file of rows, as somebody does who can write to the backup. */
async function tamper(folder: string, table: string, change: (lines: string[]) => string[]): Promise<void> {
  const file = join(folder, 'database', `${table}.jsonl.gz`);
  const lines = gunzipSync(await readFile(file))
    .toString()
    .trimEnd()
    .split('\n');
  const changed = gzipSync(`${change(lines).join('\n')}\n`);
  await writeFile(file, changed);
  const manifest = join(folder, 'database', 'database.json');
  const backup = JSON.parse(await readFile(manifest, 'utf8'));
  const entry = backup.tables.find(({ name }: { name: string }) => name === table);
  entry.sha256 = createHash('sha256').update(changed).digest('hex');
  entry.rows = change(lines).length;
  await writeFile(manifest, JSON.stringify(backup));
}

function backupAndRestore(from: Kind, to: Kind): void {
  it(`of a server on ${from} under load verifies, and its runs go on in another place on ${to}`, async () => {
    await using folder = await createTempFolder();
    const backup = join(folder.path, 'backup');
    const source = await emptyPlace(from, join(folder.path, 'live'));
    const target = await emptyPlace(to, join(folder.path, 'restored'));
    const server = await startServer(source);
    const users = await createTestUsers(server);
    const ended = await users.start(workflow(made('x'.repeat(100_000))), {}, 'admin');
    const waits = workflow(
      { id: 'agree', kind: 'approval', input: { reason: '?' } },
      { ...made('later'), depends_on: ['agree'] },
    );
    const waiting = await users.start(waits, { waitMs: 0 }, 'admin');
    await users.reach(waiting.id, 'WAITING', 'admin');
    await users.mutate('saveWorkflow', { source: workflow(made('saved')) }, '... on Workflow { name }', 'admin');
    let isStopped = false;
    let count = 0;
    const writing = (async () => {
      for (; !isStopped; count += 1) await users.start(workflow(made(`${count}`.repeat(20_000))), {}, 'admin');
    })();
    await until('it writes', () => count > 2);

    const first = await runCli(['backup', backup, '-o', 'json'], source);
    expect(first).toMatchObject({ code: 0, complaint: expect.not.stringContaining('missing') });
    const [{ runs, events, copied }] = JSON.parse(first.output);
    for (const counted of [runs, events, copied]) expect(counted).toBeGreaterThan(0);
    await until('it writes more', () => count > 6);
    const before = count;
    const second = await runCli(['backup', backup, '-o', 'json'], source);
    // Only what is new: at least the artifact of the ended run is there already.
    const [{ artifacts, copied: copiedNow }] = JSON.parse(second.output);
    expect(copiedNow).toBeLessThan(artifacts);
    isStopped = true;
    await writing;
    expect(before).toBeLessThanOrEqual(count);
    expect(await server.stop()).toBe(0);

    const restored = await runCli(['restore', backup, '-o', 'json'], target);
    expect(restored).toMatchObject({ code: 0, complaint: '' });
    expect(JSON.parse(restored.output)).toMatchObject([{ id: backup, takenAt: expect.any(String), missing: 0 }]);
    {
      await using again = await startServer(target);
      const { tokens, ask, mutate, reach } = await createTestUsers(again);
      const { data } = await again.query(RUN_QUERY, { id: ended.id }, tokens.admin);
      expect(data).toMatchObject({ run: { state: 'SUCCEEDED' }, verifyRun: { valid: true, problems: [] } });
      expect(data.run.steps[0].resource.text).toBe(Buffer.from('x'.repeat(100_000)).toString('base64'));
      expect((await ask('{ workflow(name: "saved") { version } }', {}, 'admin')).workflow.version).toBe(1);
      const { approvals } = await ask('{ approvals(state: OPEN) { nodes { id } } }', {}, 'admin');
      const decision = { approvalId: approvals.nodes[0].id, approve: true };
      await mutate('decideApproval', decision, '... on Approval { state }', 'admin');
      await reach(waiting.id, 'SUCCEEDED', 'admin');
      const { verifyRun } = (await again.query(RUN_QUERY, { id: waiting.id }, tokens.admin)).data;
      expect(verifyRun).toMatchObject({ valid: true, problems: [] });
      // What is in use is not overwritten.
      const refused = await runCli(['restore', backup], target);
      expect(refused.code).toBe(1);
      expect(refused.complaint).toMatch(/uses|empty/);
    }
    await Promise.all([source.remove(), target.remove()]);
  });
}

describe('a backup', () => {
  backupAndRestore('SQLite', 'SQLite');
});

await onPostgres(() => {
  describe('a backup', () => {
    backupAndRestore('PostgreSQL', 'PostgreSQL');
    backupAndRestore('SQLite', 'PostgreSQL');
    backupAndRestore('PostgreSQL', 'SQLite');
  });
});

describe('a backup that was changed', () => {
  it('is refused at the run and the seq of the change, and restores nothing', async () => {
    await using folder = await createTempFolder();
    const live = join(folder.path, 'live');
    const { id } = await (async () => {
      await using server = await startServer({ dataDir: live });
      const users = await createTestUsers(server);
      await users.start(workflow(made('other')), {}, 'admin');
      return await users.start(workflow(made('x'.repeat(100_000))), {}, 'admin');
    })();
    const backup = async (name: string) => {
      const path = join(folder.path, name);
      expect(await runCli(['backup', path], { dataDir: live })).toMatchObject({ code: 0 });
      return path;
    };
    const restore = async (path: string) => {
      const dataDir = join(folder.path, `into-${path.split('/').at(-1)}`);
      const { code, complaint } = await runCli(['restore', path], { dataDir });
      expect(existsSync(join(dataDir, 'signalbox.db'))).toBe(false);
      return { code, complaint };
    };

    const changed = await backup('changed');
    await tamper(changed, 'events', (lines) =>
      lines.map((line) => (line.includes(`"run_id":"${id}","seq":3,`) ? line.replace(/"at":\d+/, '"at":1') : line)),
    );
    expect(await restore(changed)).toMatchObject({
      code: 1,
      complaint: expect.stringContaining(`Run ${id} was changed at seq 3: its hash does not match its content.`),
    });
    const shortened = await backup('shortened');
    await tamper(shortened, 'events', (lines) => lines.filter((line) => !line.includes(`"run_id":"${id}","seq":2,`)));
    expect((await restore(shortened)).complaint).toContain(`Run ${id} was changed at seq 2: missing`);
    const withoutEnd = await backup('without-end');
    await tamper(withoutEnd, 'leaves', (lines) => lines.filter((line) => !line.includes(id)));
    expect((await restore(withoutEnd)).complaint).toMatch(new RegExp(`Run ${id} was changed at seq \\d+: the end`));
    const otherFile = await backup('other-file');
    await writeFile(join(otherFile, 'database', 'runs.jsonl.gz'), gzipSync('{}\n'));
    expect((await restore(otherFile)).complaint).toContain('was changed after the backup was made');
    expect((await restore(join(folder.path, 'nothing'))).complaint).toContain('There is no complete backup');
  });

  it('of which an artifact is damaged restores nothing', async () => {
    await using folder = await createTempFolder();
    const [live, path] = [join(folder.path, 'live'), join(folder.path, 'backup')];
    {
      await using server = await startServer({ dataDir: live });
      await (await createTestUsers(server)).start(workflow(made('x'.repeat(100_000))), {}, 'admin');
    }
    expect(await runCli(['backup', path], { dataDir: live })).toMatchObject({ code: 0 });
    const files = await readdir(join(path, 'artifacts'), { recursive: true, withFileTypes: true });
    const [file] = files.filter((entry) => entry.isFile());
    await writeFile(join(file?.parentPath ?? '', file?.name ?? ''), 'damaged');
    const dataDir = join(folder.path, 'restored');
    const { code, complaint } = await runCli(['restore', path], { dataDir });
    expect(code).toBe(4);
    expect(complaint).toContain('damaged');
    expect(existsSync(join(dataDir, 'signalbox.db'))).toBe(false);
  });
});
