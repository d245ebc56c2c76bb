import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../../../test/support/server.ts';
import { signedIn } from './signed-in.ts';

let server: Server;
let alice: Awaited<ReturnType<typeof signedIn>>;

beforeAll(async () => {
  server = await startServer({ env: { NODE_ENV: 'development', ALLOW_UNSANDBOXED_EXEC: 'true' } });
  alice = await signedIn(server);
});

afterAll(async () => {
  await server?.stop();
});

const stateOf = async (id: string) => (await alice.run(id)).state;

/** Writes to its log: an escape sequence, a step without words, and words after a signal. */
const SHELL = (id: string, command: string, after = '[]') => `
  - id: ${id}
    kind: agent
    depends_on: ${after}
    agent: { role: r, goal: g, backend: bash_cli, backend_config: { command_template: ${JSON.stringify(command)} } }`;
const WRITER = `name: writer
steps:${SHELL('first', String.raw`printf 'one\ntwo\033[2J\nthree\n' >&2`)}
  - { id: go, kind: signal, depends_on: [first], input: { name: go } }${SHELL('last', 'echo four >&2', '[go]')}
`;
const textsOf = (lines: readonly string[]) =>
  lines.filter((line) => /one|two|three|four/.test(line)).map((line) => line.replace(/^WARN /, ''));

describe('logs', () => {
  it('prints the lines of a run, of a step, and the newest, without control characters', async () => {
    const id = await alice.start(WRITER);
    await expect.poll(() => stateOf(id)).toBe('WAITING');
    const all = await alice.signalbox(['logs', id]);
    expect([all.code, all.complaint]).toEqual([0, '']);
    expect(all.output).not.toContain('\u001b');
    expect(all.output.split('\n').every((line) => line.startsWith('first | '))).toBe(true);
    const step = await alice.signalbox(['logs', id, '--step', 'first', '--last', '2']);
    expect(textsOf(step.output.split('\n'))).toEqual(['two', 'three']);
    const [json = ''] = (
      await alice.signalbox(['logs', id, '--step', 'first', '--last', '1', '-o', 'jsonl'])
    ).output.split('\n');
    expect(JSON.parse(json)).toMatchObject({ id: expect.any(String), step: 'first', text: 'three' });
    const missing = await alice.signalbox(['logs', id, '--step', 'gone']);
    expect([missing.code, missing.complaint]).toEqual([1, expect.stringContaining('no step gone')]);
    await alice.signalbox(['cancel', id]);
  });

  it('follows until the run has ended, with lines from before and after it began', async () => {
    const id = await alice.start(WRITER);
    await expect.poll(() => stateOf(id)).toBe('WAITING');
    const follower = alice.begin(['logs', '-f', id]);
    await expect.poll(() => follower.stdoutLines.join()).toContain('three');
    await alice.signalbox(['signal', id, 'go']);
    expect(await follower.ended).toBe(0);
    expect(textsOf(follower.stdoutLines)).toEqual(['first | one', 'first | two', 'first | three', 'last | four']);
    expect(await alice.begin(['logs', '-f', id]).ended).toBe(0);
  });

  it('lets go at ^C, with code 130', async () => {
    const id = await alice.start(WRITER);
    const follower = alice.begin(['logs', '-f', id]);
    await expect.poll(() => follower.stdoutLines.join()).toContain('three');
    follower.process.kill('SIGINT');
    expect([await follower.ended, follower.log.join()]).toEqual([130, '']);
    await alice.signalbox(['cancel', id]);
  });
});

describe('events', () => {
  it('follows the journal from a cursor until ^C, with code 130', async () => {
    const id = await alice.start('name: ok\nsteps:\n  - { id: ok, kind: transform, input: { expression: "1" } }\n');
    await expect.poll(() => stateOf(id)).toBe('SUCCEEDED');
    const follower = alice.begin(['events', '--run', id, '--after', await alice.firstCursor(id), '-o', 'jsonl']);
    await expect.poll(() => follower.stdoutLines.length).toBeGreaterThan(2);
    const events = follower.stdoutLines.map((line) => JSON.parse(line));
    await expect
      .poll(() => JSON.parse(follower.stdoutLines.at(-1) ?? ''))
      .toMatchObject({ type: 'RUN_STATE_CHANGED', to: 'SUCCEEDED' });
    expect(events.every(({ runId, id: cursor }) => runId === id && typeof cursor === 'string')).toBe(true);
    follower.process.kill('SIGINT');
    expect([await follower.ended, follower.log.join()]).toEqual([130, '']);
  });

  it('prints an event as one line without control characters, and only the types that were asked for', async () => {
    const probe = await alice.start('name: ok\nsteps:\n  - { id: ok, kind: transform, input: { expression: "1" } }\n');
    const after = await alice.firstCursor(probe);
    const follower = alice.begin(['events', '--after', after, '--type', 'run_created']);
    const goal = JSON.stringify('two\nlines \u001b[2J');
    await alice.start(
      `{"name": "odd", "goal_template": ${goal}, "steps": [{"id": "ok", "kind": "transform", "input": {"expression": "1"}}]}`,
    );
    await expect.poll(() => follower.stdoutLines.length).toBe(1);
    expect(follower.stdoutLines[0]).toContain(String.raw`goal="two\nlines`);
    expect(follower.stdoutLines[0]).not.toContain('\u001b');
    follower.process.kill('SIGINT');
    expect(await follower.ended).toBe(130);
  });

  it.each([['events'], ['logs', 'run_1', '-f']])('say with code 4 that there is no server', async (...args) => {
    const nowhere = await signedIn({ ...server, url: 'http://127.0.0.1:9' });
    const { code, output } = await nowhere.signalbox(args);
    expect([code, output]).toEqual([4, '']);
  });

  it('end quietly when the reader of the pipe has left', async () => {
    const id = await alice.start(WRITER);
    const follower = alice.begin(['events', '--after', await alice.firstCursor(id)]);
    await expect.poll(() => follower.stdoutLines.length).toBeGreaterThan(0);
    follower.process.stdout?.destroy();
    await alice.signalbox(['cancel', id]);
    expect([await follower.ended, follower.log.join()]).toEqual([0, '']);
  });
});
