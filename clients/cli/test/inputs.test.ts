import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signalboxOnTerminal } from '../../../test/support/pseudo-terminal.ts';
import { type Server, startServer } from '../../../test/support/server.ts';
import { createTempFolder } from '../../../test/support/temp-folder.ts';
import { signedIn } from './signed-in.ts';

const ORDER = `name: order
inputs:
  customer: { type: string, description: Who pays }
  count: integer
  size: { enum: [small, large] }
  rush: boolean
  code: { type: string, writeOnly: true }
  note: { type: string, default: none }
steps:
  - { id: pick, kind: transform, input: { data: "{{ count }}", expression: $ } }
`;

let server: Server;
let alice: Awaited<ReturnType<typeof signedIn>>;
let folder: Awaited<ReturnType<typeof createTempFolder>>;
let file: string;

beforeAll(async () => {
  server = await startServer({ env: { NODE_ENV: 'development' } });
  alice = await signedIn(server);
  folder = await createTempFolder();
  file = join(folder.path, 'order.yaml');
  await writeFile(file, ORDER);
  await alice.signalbox(['workflows', 'save', file]);
});

afterAll(async () => {
  await server?.stop();
  await folder?.[Symbol.asyncDispose]();
});

/** Starts a run. Resolves with what the server has of it. */
async function started(args: readonly string[], input?: string) {
  const { code, output, complaint } = await alice.signalbox([...args, '-o', 'id'], input);
  expect([code, complaint]).toEqual([0, '']);
  const document = 'query ($id: ID!) { run(id: $id) { inputs labels } }';
  return (await alice.query(document, { id: output })).run;
}

describe('inputs', () => {
  const all = { customer: 'Ann', count: 3, size: 'large', rush: true, code: '1234' };

  it('come from a file, whose values single ones replace, and with labels', async () => {
    const inputs = join(folder.path, 'inputs.yaml');
    await writeFile(inputs, 'customer: Bob\ncount: 3\nsize: large\nrush: true\ncode: "1234"\n');
    const name = join(folder.path, 'name');
    await writeFile(name, 'Ann');
    const run = await started(['run', 'order', '--inputs', inputs, '--input', `customer=@${name}`, '--label', 'a=b']);
    expect(run).toEqual({ inputs: { ...all, note: 'none' }, labels: { a: 'b' } });
  });

  it('come from standard input, all of them or one', async () => {
    const run = await started(['run', file, '--inputs', '-'], JSON.stringify(all));
    expect(run.inputs).toEqual({ ...all, note: 'none' });
    const pairs = ['customer=Ann', 'count=3', 'size=large', 'rush=true', 'code="1234"', 'note=@-'];
    expect((await started(['run', 'order', '--input', ...pairs], 'two\nlines')).inputs.note).toBe('two\nlines');
  });

  it('that are missing are named, with how to pass them, where nobody can be asked', async () => {
    for (const document of ['order', file]) {
      const { code, output, complaint } = await alice.signalbox(['run', document, '--input', 'count=3']);
      expect([code, output]).toEqual([2, '']);
      expect(complaint).toMatch(/missing: customer, size, rush, code\. .*--input customer=VALUE.*--inputs FILE/);
    }
    const wrong = await alice.signalbox(['run', 'order', '--input', 'count=many']);
    expect([wrong.code, wrong.complaint]).toEqual([
      1,
      expect.stringMatching(/^BAD_INPUT[\s\S]*\/count: must be integer/),
    ]);
  });

  it.each([
    [['run', '-', '--inputs', '-'], 'only one'],
    [['run', 'order', '--inputs', '/nonexistent'], '/nonexistent'],
    [['run', 'order', '--input', 'note=@/nonexistent'], '/nonexistent'],
    [['run', 'order', '--inputs', '-'], 'object of inputs'],
    [['run', 'order', '--label', 'team'], 'NAME=VALUE'],
  ])('that cannot be read are refused: %j', async (args, words) => {
    const { code, output, complaint } = await alice.signalbox(args, '[1]');
    expect([code, output, complaint]).toEqual([2, '', expect.stringContaining(words)]);
  });

  it('are the context of an agent, which has labels too', async () => {
    const agent = 'id: a\nrole: r\ngoal: g\nbackend: bash_cli\nbackend_config: { command_template: "true" }\n';
    const run = await started(['agent', '-', '--input', 'page={"n": 1}', '--label', 'team=sales'], agent);
    expect(run).toMatchObject({ inputs: { context: { page: { n: 1 } } }, labels: { team: 'sales' } });
    const { code, complaint } = await alice.signalbox(['agent', '-', '--label', `team=${'x'.repeat(257)}`], agent);
    expect([code, complaint]).toEqual([1, expect.stringMatching(/^BAD_INPUT: A run may have at most 16 labels/)]);
  });

  it('with labels are one request by its key, whose repetition has the same ones', async () => {
    const start = `mutation ($input: RunAgentInput!) {
      runAgent(input: $input) { ... on Run { id } ... on Refusal { code } } }`;
    const document = {
      id: 'a',
      role: 'r',
      goal: 'g',
      backend: 'bash_cli',
      backend_config: { command_template: 'true' },
    };
    const begin = async (labels: object) =>
      (await alice.query(start, { input: { document, labels, idempotencyKey: 'labels' } })).runAgent;
    const first = await begin({ team: 'sales' });
    expect(await begin({ team: 'sales' })).toEqual(first);
    expect(await begin({ team: 'support' })).toEqual({ code: 'CONFLICT' });
  });
});

describe('on a terminal', () => {
  const onTerminal = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    signalboxOnTerminal(args, { env: { SIGNALBOX_URL: server.url, SIGNALBOX_TOKEN: alice.token, ...env } });

  it.each(['a saved workflow', 'a file'])('asks for what %s requires, each by its schema', async (form) => {
    const terminal = onTerminal(['run', form === 'a file' ? file : 'order', '--label', `by=${form.length}`]);
    await terminal.untilWritten(/customer: Who pays/);
    terminal.type('Ann\r');
    await terminal.untilWritten(/count/);
    terminal.type('many\r');
    await terminal.untilWritten(/whole number/);
    terminal.type('\u007f\u007f\u007f\u007f3\r');
    await terminal.untilWritten(/small[\s\S]*large/);
    terminal.type('\u001b[B\r');
    await terminal.untilWritten(/rush[\s\S]*Yes/);
    terminal.type('y');
    await terminal.untilWritten(/code/);
    terminal.type('1234\r');
    expect(await terminal.exited).toBe(0);
    expect(terminal.output()).not.toContain('1234');
    const document = 'query ($label: JSON) { runs(filter: { label: $label }) { nodes { inputs } } }';
    const { runs } = await alice.query(document, { label: { by: String(form.length) } });
    const inputs = { customer: 'Ann', count: 3, size: 'large', rush: true, code: '1234', note: 'none' };
    expect(runs.nodes).toEqual([{ inputs }]);
  });

  it('asks nothing in CI, and starts nothing after ^C', async () => {
    const ci = onTerminal(['run', 'order'], { CI: 'true' });
    expect(await ci.exited).toBe(2);
    expect(ci.output()).toContain('--inputs FILE');
    const count = async () => (await alice.signalbox(['runs', '-o', 'id', '--limit', '100'])).output;
    const before = await count();
    const interrupted = onTerminal(['run', 'order']);
    await interrupted.untilWritten(/Who pays/);
    interrupted.type('\u0003');
    expect(await interrupted.exited).toBe(130);
    expect(await count()).toBe(before);
  });
});
