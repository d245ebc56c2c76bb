import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCuttingProxy } from '../../../test/support/cutting-proxy.ts';
import { intoPipe, type Server, startServer } from '../../../test/support/server.ts';
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
const byNumber = (a: string, b: string) => Number(/\d+/.exec(a)) - Number(/\d+/.exec(b));
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
    expect([await follower.ended, follower.log.length]).toEqual([130, 1]);
    const [, again = ''] = /^signalbox (.*) continues here\.$/.exec(follower.log[0] ?? '') ?? [];
    const rest = alice.begin(again.split(' '));
    await alice.signalbox(['signal', id, 'go']);
    expect(await rest.ended).toBe(0);
    expect(textsOf(rest.stdoutLines)).toEqual(['last | four']);
  });

  it('reads the newest lines of a run over several pages, from its end', async () => {
    const id = await alice.start(
      `name: long\nsteps:${SHELL('a', 'seq -f "one %.0f" 700 >&2')}${SHELL('b', 'echo two >&2', '[a]')}\n`,
    );
    await expect.poll(() => stateOf(id)).toBe('SUCCEEDED');
    const { stdoutLines, ended } = alice.begin(['logs', id, '--last', '650']);
    expect(await ended).toBe(0);
    expect(stdoutLines).toHaveLength(650);
    const words = textsOf(stdoutLines);
    expect(words.at(-1)).toBe('b | two');
    expect(words.at(-2)).toContain('one 700');
    expect(words.slice(0, -1)).toEqual(words.slice(0, -1).toSorted(byNumber));
  });

  it('is one JSON list with -o json, and one line each with -o jsonl', async () => {
    const id = await alice.start(WRITER);
    await expect.poll(() => stateOf(id)).toBe('WAITING');
    const list = JSON.parse((await alice.signalbox(['logs', id, '-o', 'json'])).output);
    const lines = (await alice.signalbox(['logs', id, '-o', 'jsonl'])).output.split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(list);
    expect(list.map(({ text }: { text: string }) => text)).toContain('three');
    const { output: none } = await alice.signalbox(['logs', id, '--level', 'ERROR', '-o', 'json']);
    expect(JSON.parse(none)).toEqual([]);
    await alice.signalbox(['cancel', id]);
  });

  it.each([
    [['logs', '-f', 'run_1', '-o', 'json'], 'Use -o jsonl'],
    [['events', '-o', 'json'], 'Use -o jsonl'],
    [['logs', 'run_1', '--last', '0'], 'number of lines'],
    [['logs', 'run_1', '--last', '1', '--after', 'x'], 'Use one of them'],
  ])('refuses %j', async (args, words) => {
    const { code, output, complaint } = await alice.signalbox(args);
    expect([code, output, complaint]).toEqual([2, '', expect.stringContaining(words)]);
  });
});

describe('a lost connection', () => {
  it.each([
    ['plain', [expect.stringContaining('is lost'), expect.stringContaining('is back')]],
    ['none', []],
  ])('and its return are said with --progress %s as often as it says, and no line is lost', async (progress, notes) => {
    const port = Number(new URL(server.url).port);
    const proxy = await startCuttingProxy(port);
    const behind = await signedIn({ ...server, url: proxy.url });
    const id = await alice.start(WRITER);
    const logs = behind.begin(['logs', '-f', id, '--progress', progress]);
    const after = await alice.firstCursor(id);
    const events = behind.begin(['events', '--run', id, '--after', after, '--type', 'log', '--progress', progress]);
    for (const { stdoutLines } of [logs, events]) await expect.poll(() => stdoutLines.join()).toContain('three');
    proxy.redirect(1);
    proxy.cut();
    if (notes.length > 0) await expect.poll(() => [logs.log.length, events.log.length]).toEqual([1, 1]);
    proxy.redirect(port);
    await alice.signalbox(['signal', id, 'go']);
    expect(await logs.ended).toBe(0);
    await expect.poll(() => events.stdoutLines.join()).toContain('four');
    expect(logs.log).toEqual(notes);
    expect(events.log).toEqual(notes);
    expect(textsOf(logs.stdoutLines)).toEqual(['first | one', 'first | two', 'first | three', 'last | four']);
    events.process.kill('SIGINT');
    expect(await events.ended).toBe(130);
    await proxy.stop();
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
    expect(await follower.ended).toBe(130);
    const [, again = ''] = /^signalbox (events --after \S+) continues here\.$/.exec(follower.log.join()) ?? [];
    const next = await alice.start('name: ok\nsteps:\n  - { id: ok, kind: transform, input: { expression: "1" } }\n');
    const rest = alice.begin([...again.split(' '), '-o', 'jsonl']);
    await expect.poll(() => rest.stdoutLines.length).toBeGreaterThan(0);
    expect(JSON.parse(rest.stdoutLines[0] ?? '')).toMatchObject({ type: 'RUN_CREATED', runId: next });
    rest.process.kill('SIGINT');
    await rest.ended;
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
    const follower = alice.begin(['events', '--after', await alice.firstCursor(id)], intoPipe('head -n 1'));
    await expect.poll(() => follower.log.length).toBe(1);
    await alice.signalbox(['cancel', id]);
    expect([await follower.ended, follower.log]).toEqual([0, [expect.stringContaining(id)]]);
  });
});
