import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signalboxOnTerminal } from '../../../test/support/pseudo-terminal.ts';
import { type Server, startServer } from '../../../test/support/server.ts';
import { createTempFolder } from '../../../test/support/temp-folder.ts';
import { signedIn } from './signed-in.ts';

let server: Server;
let alice: Awaited<ReturnType<typeof signedIn>>;

beforeAll(async () => {
  server = await startServer({ env: { NODE_ENV: 'development' } });
  alice = await signedIn(server);
});

afterAll(async () => {
  await server?.stop();
});

/** The rows of a verb that succeeds. */
async function rowsOf(args: readonly string[], input?: string) {
  const { code, output, complaint } = await alice.signalbox([...args, '-o', 'json'], input);
  if (code !== 0) throw new Error(complaint);
  return JSON.parse(output);
}

describe('artifacts', () => {
  it('are stored from a file and from standard input, listed, and written to a file and to a pipe', async () => {
    await using folder = await createTempFolder();
    const source = join(folder.path, 'noise.bin');
    const bytes = randomBytes(3_000_000);
    await writeFile(source, bytes);
    const digest = createHash('sha256').update(bytes).digest('hex');
    const [stored] = await rowsOf(['artifacts', 'put', source, '--type', 'image/png']);
    expect(stored).toMatchObject({ name: 'noise.bin', mediaType: 'image/png', size: bytes.length, digest });
    const [line] = await rowsOf(['artifacts', 'put', '-', '--name', 'line.txt'], 'one line\n');
    const ids = (await rowsOf(['artifacts', '--limit', '2'])).map(({ id }: { id: string }) => id);
    expect(ids).toEqual([line.id, stored.id]);
    expect(await rowsOf(['artifacts', 'list', '--type', 'image/*'])).toMatchObject([{ id: stored.id }]);
    await rowsOf(['artifacts', 'put', '-', '--name', 'third.txt'], 'third');
    const first = await alice.signalbox(['artifacts', '--limit', '1', '-o', 'id']);
    expect(first).toEqual({ code: 0, output: expect.stringMatching(/^art_\w+$/), complaint: '' });
    const two = await alice.signalbox(['artifacts', '--limit', '2', '-o', 'id']);
    expect(two).toMatchObject({ code: 0, complaint: expect.stringContaining('--limit') });

    const target = join(folder.path, 'copy.bin');
    await writeFile(target, 'old');
    expect(await rowsOf(['artifacts', 'get', digest, target])).toMatchObject([{ id: stored.id }]);
    expect((await readFile(target)).equals(bytes)).toBe(true);
    expect((await readdir(folder.path)).sort()).toEqual(['copy.bin', 'noise.bin']);
    expect(await alice.signalbox(['artifacts', 'get', line.id])).toMatchObject({ code: 0, output: 'one line' });
  });

  it('that cannot be found or read are named, with what to do', async () => {
    const missing = await alice.signalbox(['artifacts', 'get', 'art_1']);
    expect(missing).toMatchObject({ code: 1, output: '', complaint: expect.stringContaining('signalbox artifacts') });
    const unreadable = await alice.signalbox(['artifacts', 'put', '/nonexistent/file']);
    expect(unreadable).toMatchObject({ code: 2, complaint: expect.stringContaining('/nonexistent/file') });
    const [{ id }] = await rowsOf(['artifacts', 'put', '-', '--name', 'x'], 'x');
    const unwritable = await alice.signalbox(['artifacts', 'get', id, '/nonexistent/file']);
    expect(unwritable).toMatchObject({ code: 1, output: '', complaint: expect.stringContaining('Check the path') });
    expect(unwritable.complaint.split('\n')).toHaveLength(1);
  });
});

describe.skipIf(!existsSync('/usr/bin/python3') && process.env.REQUIRE_SERVICES !== '1')('on a terminal', () => {
  it('no bytes of an artifact are written, and the words fit 40 columns', async () => {
    const [{ digest }] = await rowsOf(['artifacts', 'put', '-', '--name', 'bell'], '\u0007secret');
    const env = { SIGNALBOX_URL: server.url, SIGNALBOX_TOKEN: alice.token };
    const terminal = signalboxOnTerminal(['artifacts', 'get', digest], { columns: 40, env });
    expect(await terminal.exited).toBe(2);
    const lines = terminal.output().trimEnd().split('\r\n');
    expect(lines.join(' ')).toContain('Name a file, or write to a pipe.');
    expect(lines.join('')).not.toContain('secret');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
  });
});

describe('schedules', () => {
  it('are listed, paused, resumed, and their workflows are started at once', async () => {
    const yaml =
      'name: nightly\nschedule: { cron: "0 3 * * *" }\nsteps:\n  - { id: one, kind: transform, input: { expression: "1" } }\n';
    const { token } = alice;
    const document = 'mutation ($yaml: String!) { saveWorkflow(input: { source: { yaml: $yaml } }) { __typename } }';
    expect((await server.query(document, { yaml }, token)).data.saveWorkflow.__typename).toBe('Workflow');
    expect(await rowsOf(['schedules'])).toMatchObject([{ id: 'nightly', cron: '0 3 * * *', paused: false }]);
    expect(await rowsOf(['schedules', 'pause', 'nightly'])).toMatchObject([{ paused: true, nextAt: null }]);
    expect(await rowsOf(['schedules', 'resume', 'nightly'])).toMatchObject([{ paused: false }]);
    const [{ id }] = await rowsOf(['schedules', 'run', 'nightly']);
    await expect.poll(async () => (await alice.run(id)).state).toBe('SUCCEEDED');
    const none = await alice.signalbox(['schedules', 'run', 'never']);
    expect(none).toMatchObject({ code: 1, complaint: expect.stringContaining('signalbox schedules') });
  });
});

describe('approvals', () => {
  it('that wait are listed', async () => {
    const run = await alice.start('name: agree\nsteps:\n  - { id: a, kind: approval, input: { reason: "Go?" } }\n');
    await expect.poll(() => rowsOf(['approvals'])).toMatchObject([{ state: 'OPEN', run, reason: 'Go?', step: 'a' }]);
    expect(await rowsOf(['approvals', '--state', 'APPROVED'])).toEqual([]);
    await alice.signalbox(['approve', run]);
    expect(await rowsOf(['approvals', 'list', '--state', 'ALL'])).toMatchObject([{ state: 'APPROVED', run }]);
  });
});

describe('policy', () => {
  it('is checked with exit code 3 for what it denies, and explained with the rule', async () => {
    const allowed = await alice.signalbox(['policy', 'check', 'mutation:cancelRun', '-o', 'id']);
    expect(allowed).toEqual({ code: 0, output: 'mutation:cancelRun', complaint: '' });
    const denied = await alice.signalbox(['policy', 'check', 'exec', 'exec:///bin/rm', '--role', 'nobody']);
    expect([denied.code, denied.output]).toEqual([3, expect.stringContaining('DENY')]);
    const [decision] = await rowsOf(['policy', 'explain', 'mutation:cancelRun']);
    expect(decision).toMatchObject({ match: 'decides', effect: 'ALLOW' });
  });

  it('is simulated with the rules of a file, whose problems are named by line', async () => {
    const { data } = await server.query('{ policySource { text } }', {}, alice.token);
    const same = await alice.signalbox(['policy', 'simulate', '-', '-o', 'json'], data.policySource.text);
    expect(same).toMatchObject({ code: 0, output: '[]', complaint: expect.stringMatching(/^0 of \d+ recorded/) });
    const broken = await alice.signalbox(['policy', 'simulate', '-'], 'p, nobody\n');
    expect(broken).toMatchObject({ code: 1, output: '', complaint: expect.stringContaining('Line 1') });
  });
});

describe('workers and jobs', () => {
  it('of a server without a bus: none are listed, jobs fail and workers cannot be drained', async () => {
    expect(await rowsOf(['workers'])).toEqual([]);
    expect(await rowsOf(['dead-letters'])).toEqual([]);
    const job = await alice.signalbox(['jobs', 'submit', 'job.builds.app', '{"a": 1}', '-o', 'id']);
    expect(job).toMatchObject({ code: 0, output: expect.stringMatching(/^run_/) });
    await expect.poll(async () => (await alice.run(job.output)).error?.code).toBe('UNAVAILABLE');
    const drain = await alice.signalbox(['workers', 'drain', 'w1']);
    expect(drain).toMatchObject({
      code: 1,
      output: '',
      complaint: expect.stringMatching(/^CONFLICT: .*NATS_URL.*$/),
    });
    const letters = await alice.signalbox(['dead-letters', 'replay', 'dead_1']);
    expect(letters).toMatchObject({ code: 1, output: '', complaint: expect.stringContaining('dead_1') });
    const json = await alice.signalbox(['jobs', 'submit', 'job.builds.app', '{']);
    expect([json.code, json.complaint]).toEqual([2, expect.stringContaining('not JSON')]);
  });
});

describe('open', () => {
  it('prints the URL of a run', async () => {
    expect(await alice.signalbox(['open', 'run_1'])).toEqual({
      code: 0,
      output: `${server.url}/runs/run_1`,
      complaint: '',
    });
    expect((await alice.signalbox(['open', '../x'])).code).toBe(2);
  });
});
