import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, type Server, startServer, tokenFor } from '../support/server.ts';
import { startWebhookReceiver } from '../support/surfaces/webhook-receiver.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const SECTION = /^## An operator's hour\n(.*?)^## /ms;
const PASSWORD = 'the password of olga';
const WAITING = 100;

const NIGHTLY = `name: nightly
goal_template: "Import {{ file }}"
inputs: { file: { type: string }, max_orders: { type: integer, default: 2 } }
steps:
  - { id: read, kind: command, command: fetch, input: { source: { uri: "file:///shop/{{ file }}" } } }
  - id: check
    kind: transform
    input:
      data: { orders: "{{ steps.read.output }}", max: "{{ max_orders }}" }
      expression: '$assert($count(orders) <= max, $string($count(orders)) & " orders are too many")'
`;
const REFUND =
  'name: refund\nsteps:\n  - { id: agree, kind: approval, input: { reason: "Refund order 4711?", roles: [admin] } }\n';
const BACKFILL = 'name: backfill\nsteps:\n  - { id: slot, kind: signal, input: { name: go } }\n';
const REPORT = `name: report
steps:
  - id: write
    kind: agent
    agent: { role: r, goal: g, backend: bash_cli, backend_config: { command_template: "echo 12 orders >&2; sleep 1; echo done >&2" } }
`;

interface Printed {
  readonly code: number;
  readonly output: string;
  readonly complaint: string;
}

let stack: AsyncDisposableStack;
let server: Server;
let hour: readonly Printed[];

/** The blocks of commands of the page, in order. */
async function readBlocks(): Promise<readonly string[]> {
  const [, section = ''] = SECTION.exec(await readFile('docs/operate.md', 'utf8')) ?? [];
  return [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, commands = '']) => commands);
}

/** Writes a program of the shell's PATH. */
async function writeProgram(file: string, lines: readonly string[]): Promise<void> {
  await writeFile(file, ['#!/bin/bash', ...lines, ''].join('\n'));
  await chmod(file, 0o755);
}

/** Each block in one shell, with the variables of those before. */
async function runBlocks(blocks: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<readonly Printed[]> {
  const script = blocks.map(
    (commands, index) =>
      `set -o pipefail\n{\n${commands.replaceAll(/\n(?=.)/g, ' &&\n')}} > ${index}.out 2> ${index}.err\necho $? > ${index}.code`,
  );
  const shell = spawn('/bin/bash', ['-c', script.join('\n')], { cwd, env, stdio: 'ignore' });
  await once(shell, 'close');
  return Promise.all(
    blocks.map(async (_, index) => {
      const [output = '', complaint = '', code] = await Promise.all(
        ['out', 'err', 'code'].map((end) => readFile(join(cwd, `${index}.${end}`), 'utf8')),
      );
      return { code: Number(code), output, complaint };
    }),
  );
}

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  const folder = stack.use(await createTempFolder());
  const receiver = await startWebhookReceiver();
  stack.defer(() => receiver.close());
  const at = (...path: string[]) => join(folder.path, ...path);
  for (const name of ['shop', 'bin', 'data']) await mkdir(at(name));
  const settings = {
    ...{ NODE_ENV: 'production', HOST: '127.0.0.1', PORT: '0', DATA_DIR: at('data') },
    ...{ ALLOWED_LOCAL_ROOTS: `/shop=${at('shop')}`, ALLOWED_PRIVATE_HOSTS: receiver.host },
    ...{ ALLOW_UNSANDBOXED_EXEC: 'true', CREDENTIALS_KEY: 'the first key, of more than 32 bytes' },
    JWT_SECRET: 'a secret for tests, of more than 32 bytes',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(at('.env'), lines.join(''));
  await writeFile(at('shop', 'monday.json'), '[1, 2, 3]');
  await writeFile(at('olga.password'), `${PASSWORD}\n`);
  const added = { dataDir: at('data'), env: settings, input: PASSWORD };
  expect(await runCli(['user', 'add', 'olga', '--roles', 'admin'], added)).toMatchObject({ code: 0 });
  let port = '0';
  const start = async () => {
    const env = { ...parseEnv(await readFile(at('.env'), 'utf8')), PORT: port };
    server = await startServer({ dataDir: at('data'), env });
    ({ port } = new URL(server.url));
  };
  await start();
  stack.defer(async () => void (await server.stop()));
  await fill(server, receiver.url);
  await writeFile(at('shop', 'tuesday.json'), '[1]');

  await writeProgram(at('bin', 'signalbox'), [`exec ${process.execPath} ${resolve('src/main.mjs')} "$@"`]);
  // A fake of the service manager: the test restarts the server with the file as it is then.
  await writeProgram(at('bin', 'systemctl'), ['touch restart', 'while [ -e restart ]; do sleep 0.1; done']);
  const watching = new AbortController();
  const restarts = (async () => {
    while (!watching.signal.aborted) {
      const isAsked = await access(at('restart')).then(
        () => true,
        () => false,
      );
      if (isAsked) {
        await server.stop();
        await start();
        await rm(at('restart'));
      }
      await new Promise((wait) => setTimeout(wait, 50));
    }
  })();
  const env = { PATH: `${at('bin')}:${process.env.PATH}`, SIGNALBOX_URL: server.url, XDG_CONFIG_HOME: at('config') };
  hour = await runBlocks(await readBlocks(), folder.path, env);
  watching.abort();
  await restarts;
}, 300_000);

afterAll(() => stack.disposeAsync());

/** Saved workflows, failed and successful runs, an approval, runs that wait, and a webhook with a sealed secret. */
async function fill({ query }: Server, receiver: string): Promise<void> {
  const token = await tokenFor('alice', { roles: ['admin'] });
  const ask = async (document: string, variables: object) => {
    const { data, errors } = await query(document, variables, token);
    expect(errors).toBeUndefined();
    return data;
  };
  const save =
    'mutation ($yaml: String!) { saveWorkflow(input: { source: { yaml: $yaml } }) { __typename ... on Refusal { message } } }';
  for (const yaml of [NIGHTLY, REFUND, BACKFILL, REPORT])
    expect((await ask(save, { yaml })).saveWorkflow).toEqual({ __typename: 'Workflow' });
  const start = (name: string, inputs: object = {}, waitMs = 0) =>
    ask(
      'mutation ($input: StartRunInput!) { startRun(input: $input) { ... on Run { id state } ... on Refusal { message } } }',
      { input: { source: { name }, inputs, waitMs } },
    );
  for (const file of ['monday.json', 'tuesday.json'])
    expect((await start('nightly', { file }, 60_000)).startRun.state).toBe('FAILED');
  await start('nightly', { file: 'monday.json', max_orders: 3 }, 60_000);
  await start('refund');
  for (let count = 0; count < WAITING; count += 1) await start('backfill');
  const webhook =
    'mutation ($url: String!) { createWebhook(input: { url: $url, events: [RUN_ENDED] }) { __typename ... on Refusal { message } } }';
  expect((await ask(webhook, { url: `${receiver}/ends` })).createWebhook.__typename).toBe('CreatedWebhook');
}

const block = (index: number) => hour[index] as Printed;
const rowsOf = ({ output }: Printed) => output.trimEnd().split('\n').slice(1);

describe('an hour of an operator, by the commands of docs/operate.md', () => {
  it('succeeds in every block', () => {
    expect(hour.map(({ code, complaint }, index) => ({ index, code, complaint }))).toEqual(
      hour.map((_, index) => ({ index, code: 0, complaint: expect.any(String) })),
    );
    expect(hour).toHaveLength(11);
  });

  it('signs in', () => {
    expect(block(0)).toMatchObject({ output: '', complaint: expect.stringMatching(/^olga is signed in to http/) });
  });

  it('finds the failed runs of one workflow, and shows why each failed', () => {
    const { output } = block(1);
    const rows = output.split('\n').filter((line) => /^run_\w+ +FAILED +\S+ +nightly /.test(line));
    expect(rows).toHaveLength(2);
    expect(output).toMatch(/x check .* BAD_INPUT .*3 orders are too many/);
    expect(output).toMatch(/x read .* NOT_FOUND This file does not exist/);
  });

  it('retries the run whose file has arrived', () => {
    expect(block(2).output).toMatch(/^run_\w+ +nightly +SUCCEEDED +Import tuesday\.json/m);
  });

  it('starts the other one again with another input', () => {
    expect(rowsOf(block(3))).toEqual([expect.stringMatching(/^run_\w+ +nightly +SUCCEEDED +Import monday\.json/)]);
  });

  it('approves', () => {
    expect(block(4).output).toMatch(/^apr_\w+ +OPEN +Refund order 4711\? /m);
    expect(block(4).output).toMatch(/^apr_\w+ +APPROVED +run_\w+ +agree +Checked with sales$/m);
  });

  it('cancels a hundred runs', async () => {
    expect(rowsOf(block(5)).filter((line) => /^run_\w+ +backfill +CANCELLED/.test(line))).toHaveLength(WAITING);
    const token = await tokenFor('alice', { roles: ['admin'] });
    const { data } = await server.query(
      '{ runs(filter: { state: [WAITING], workflow: "backfill" }) { totalCount } }',
      {},
      token,
    );
    expect(data.runs.totalCount).toBe(0);
  });

  it('follows a log to its end', () => {
    expect(block(6).output).toMatch(/write \| .*12 orders\n(?:.*\n)*write \| .*done\n/);
  });

  it('verifies a run offline, with the key of the server', () => {
    expect(block(7).output).toMatch(/^Valid\n {2}run +run_\w+\n(?:.*\n)* {2}key +signalbox\/\S+, trusted\n$/);
  });

  it('adds a user', () => {
    expect(rowsOf(block(8))).toEqual([expect.stringMatching(/^zoe +default +analyst +false +usr_\w+$/)]);
  });

  it('replaces the key that seals credentials, and loses none', async () => {
    expect(block(9)).toMatchObject({ output: '', complaint: expect.stringContaining('Sealed again: 1.') });
    expect((await server.fetch('/health')).status).toBe(200);
  });

  it('backs up', () => {
    const { output, complaint } = block(10);
    expect(rowsOf({ ...block(10), output })).toEqual([
      expect.stringMatching(/\/backups\/monday +[1-9]\d* +[1-9]\d* +[1-9]\d* +[1-9]\d* +\d+ +\d+ +\d+ +0$/),
    ]);
    expect(complaint).toContain('keep the backup as safe as the server');
  });
});
