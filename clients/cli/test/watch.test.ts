import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCuttingProxy } from '../../../test/support/cutting-proxy.ts';
import { signalboxOnTerminal } from '../../../test/support/pseudo-terminal.ts';
import { runCli, type Server, startServer, tokenFor } from '../../../test/support/server.ts';
import { createTempFolder } from '../../../test/support/temp-folder.ts';
import { until } from '../../../test/support/until.ts';

let server: Server;
let folder: Awaited<ReturnType<typeof createTempFolder>>;
let env: Record<string, string>;

beforeAll(async () => {
  server = await startServer();
  folder = await createTempFolder();
  env = {
    SIGNALBOX_URL: server.url,
    SIGNALBOX_TOKEN: await tokenFor('admin', { roles: ['admin'] }),
    XDG_CONFIG_HOME: folder.path,
  };
});
afterAll(async () => {
  await server?.stop('SIGKILL');
  await folder?.[Symbol.asyncDispose]();
});

const APPROVE = 'mutation ($id: ID!) { decideApproval(input: { approvalId: $id, approve: true }) { __typename } }';

let files = 0;
async function documentOf(steps: string): Promise<string> {
  files += 1;
  const path = join(folder.path, `document-${files}.yaml`);
  await writeFile(path, `name: watched\nsteps:\n${steps}\n`);
  return path;
}
const double = (id: string) => `  - { id: ${id}, kind: transform, input: { data: 21, expression: $ * 2 } }`;
const stateOf = async (id: string) =>
  JSON.parse((await runCli(['show', id, '-o', 'json'], { env })).output)[0].state as string;

describe('signalbox run --watch, in a pipe', () => {
  it('writes a line for each event to standard error, and the run to standard output', async () => {
    const { code, output, complaint } = await runCli(['run', await documentOf(double('a')), '--watch', '-o', 'json'], {
      env,
    });
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject([{ id: expect.stringMatching(/^run_/), state: 'SUCCEEDED', outputs: {} }]);
    expect(complaint.split('\n').at(-1)).toMatch(/SUCCEEDED$/);
  });

  it('exits with 1 when the run failed, and says why', async () => {
    const failing = await documentOf(
      `  - { id: a, kind: transform, input: { data: 1, expression: "$error('no luck')" } }`,
    );
    const { code, complaint } = await runCli(['run', failing, '--watch'], { env });
    expect(code).toBe(1);
    expect(complaint).toContain('no luck');
  });
});

describe('signalbox show', () => {
  it('prints the run and its steps', async () => {
    const { output: id } = await runCli(
      ['run', await documentOf(double('a')), '--watch', '-o', 'id', '--progress', 'none'],
      { env },
    );
    const { output, code } = await runCli(['show', id], { env });
    expect(code).toBe(0);
    expect(output).toMatch(new RegExp(`^ok ${id}  watched  SUCCEEDED  [\\d.]+m?s\n'- ok a  [\\d.]+m?s$`));
  });

  it('says that there is no such run', async () => {
    const { code, complaint, output } = await runCli(['show', 'run_none'], { env });
    expect([code, output]).toEqual([1, '']);
    expect(complaint).toContain('There is no run run_none');
  });
});

describe.skipIf(!existsSync('/usr/bin/python3') && process.env.REQUIRE_SERVICES !== '1')('on a terminal', () => {
  it('draws the run in place within the terminal, and whole at its end', async () => {
    const steps = Array.from({ length: 40 }, (_, n) => double(`step_${n}`)).join('\n');
    const document = await documentOf(`${steps}\n  - { id: agree, kind: approval, input: { reason: Really? } }`);
    const program = signalboxOnTerminal(['run', document, '--watch'], { env, rows: 12 });
    await program.untilWritten(/more completed/);
    await program.untilWritten(/signalbox approve/);
    const frames = program.output().split('\u001b[?2026h').slice(1);
    for (const frame of frames) expect(frame.split('\n').length - 1).toBeLessThanOrEqual(10);
    await server.query(APPROVE, { id: await openApproval() }, env.SIGNALBOX_TOKEN as string);
    expect(await program.exited).toBe(0);
    expect(program.output()).toMatch(/step_0 [\s\S]*step_39 [\s\S]*agree/);
  });

  it('lets go with ^C, says how to come back, and the run continues', async () => {
    const document = await documentOf('  - { id: sleeps, kind: sleep, input: { ms: 600000 } }');
    const program = signalboxOnTerminal(['run', document, '--watch'], { env });
    await program.untilWritten(/sleeps .*waits/);
    program.type('\u0003');
    expect(await program.exited).toBe(130);
    const id = idOf(program.output());
    // The sentence may be on two lines.
    expect(program.output().replace(/\s+/g, ' ')).toContain(`signalbox show ${id} --watch`);
    expect(await stateOf(id)).toBe('WAITING');
  });

  it('says that what it shows is old while the connection is lost, and no longer when it is back', async () => {
    const port = Number(new URL(server.url).port);
    const proxy = await startCuttingProxy(port);
    const document = await documentOf('  - { id: agree, kind: approval, input: { reason: Really? } }');
    const program = signalboxOnTerminal(['run', document, '--watch'], { env: { ...env, SIGNALBOX_URL: proxy.url } });
    await program.untilWritten(/signalbox approve/);
    proxy.redirect(1);
    proxy.cut();
    await program.untilWritten(/Not connected since \d\d:\d\d:\d\d, retry in \d/);
    proxy.redirect(port);
    await until('it is current again', () => !program.output().split('[?2026h').at(-1)?.includes('Not connected'));
    await server.query(APPROVE, { id: await openApproval() }, env.SIGNALBOX_TOKEN as string);
    expect(await program.exited).toBe(0);
    await proxy.stop();
  });

  it('cancels the run with ^C twice', async () => {
    // A machine that is too busy delivers the second one too late: that lets go of the run.
    let state = '';
    for (let attempt = 0; attempt < 5 && state !== 'CANCELLED'; attempt += 1) {
      const document = await documentOf('  - { id: sleeps, kind: sleep, input: { ms: 600000 } }');
      const program = signalboxOnTerminal(['run', document, '--watch'], { env });
      await program.untilWritten(/sleeps .*waits/);
      program.type('\u0003');
      await program.untilWritten(/continues/);
      program.type('\u0003');
      expect(await program.exited).toBe(130);
      state = await stateOf(idOf(program.output()));
    }
    expect(state).toBe('CANCELLED');
  });
});

function idOf(output: string): string {
  const [id] = /run_[0-9a-f]+/.exec(output) ?? [];
  if (id === undefined) throw new Error(`no run in ${output}`);
  return id;
}

async function openApproval(): Promise<string> {
  const { data } = await server.query('{ approvals(state: OPEN) { nodes { id } } }', {}, env.SIGNALBOX_TOKEN as string);
  return (data as { approvals: { nodes: { id: string }[] } }).approvals.nodes[0]?.id ?? '';
}
