import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { type Server, startServer, tokenFor } from '../../../test/support/server.ts';
import { RunFailed } from '../src/index.ts';
import { adminClient, cleanUp, portOf } from './test-clients.ts';

const YAML = `
name: doubled
inputs: { n: { type: number, default: 1 } }
steps:
  - { id: twice, kind: transform, input: { data: "{{ n }}", expression: $ * 2 } }
outputs: { twice: "{{ steps.twice.output }}" }
`;
const ASKS = `
name: asks
steps:
  - { id: agree, kind: approval, input: { reason: Really? } }`;
const LISTENS = `
name: listens
steps:
  - { id: heard, kind: signal, input: { name: go } }
outputs: { said: "{{ steps.heard.output }}" }`;
const FAILS = `
name: fails
steps:
  - { id: bad, kind: transform, input: { data: 1, expression: "$error('no')" } }`;

let dataDir: string;
let server: Server;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'signalbox-resources-'));
  server = await startServer({ dataDir });
});
afterEach(cleanUp);
afterAll(async () => {
  await server?.stop('SIGKILL');
  await rm(dataDir, { recursive: true, force: true });
});

describe('commands', () => {
  it('return the outcome, and throw a refusal', async () => {
    const client = await adminClient(server.url);
    const source = { text: { text: 'a\n1\n', mediaType: 'text/csv' } };
    const { run, resource } = await client.commands.convertToJson({ source });
    expect(run.state).toBe('SUCCEEDED');
    expect(resource?.json).toMatchObject({ rows: [{ a: '1' }] });
    const base64 = await client.commands.execute({ command: 'convertToBase64', options: { source } });
    expect(base64.run.state).toBe('SUCCEEDED');

    const bob = await adminClient(server.url, { token: await tokenFor('bob', { roles: ['user'] }) });
    const refused = bob.commands.fetch({ source: { uri: 'https://private.example/x.csv' } });
    await expect(refused).rejects.toMatchObject({ code: 'FORBIDDEN', refusal: { decision: { effect: 'DENY' } } });
  });

  it('run once although the connection is lost before the answer', async () => {
    let losses = 0;
    const client = await adminClient(server.url, {
      async fetch(...args) {
        const response = await fetch(...args);
        if (losses === 0) return response;
        losses -= 1;
        await response.body?.cancel();
        throw new TypeError('fetch failed');
      },
    });
    const list = () => Array.fromAsync(client.runs.list({ filter: { kind: ['COMMAND'] } }), ({ id }) => id);
    const before = await list();
    losses = 2;
    const source = { text: { text: 'a\n2\n', mediaType: 'text/csv' } };
    const { run } = await client.commands.convertToJson({ source });
    expect(losses).toBe(0);
    expect(await list()).toEqual([run.id, ...before]);
  });

  it('are not repeated after the timeout of the client, or when the signal has aborted', async () => {
    const failing = async () => {
      throw new TypeError('fetch failed');
    };
    const source = { text: { text: 'a' } };
    const impatient = await adminClient(server.url, { fetch: failing, timeoutMs: 100 });
    await expect(impatient.commands.render({ source })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const patient = await adminClient(server.url, { fetch: failing });
    const signal = AbortSignal.timeout(100);
    await expect(patient.commands.render({ source }, { signal })).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

describe('runs', () => {
  it('start with inputs and have a result', async () => {
    const client = await adminClient(server.url);
    const { id } = await client.runs.start({ source: { yaml: YAML }, inputs: { n: 4 } });
    expect(await client.runs.result(id)).toEqual({ twice: 8 });
    expect(await client.runs.get(id)).toMatchObject({ state: 'SUCCEEDED', steps: [{ key: 'twice' }] });
    await expect(client.runs.get('run_none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(client.runs.start({ source: { name: 'none' } })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('throw RunFailed with the run and the step, and can be retried', async () => {
    const client = await adminClient(server.url);
    const { id } = await client.runs.start({ source: { yaml: FAILS } });
    const error = await client.runs.result(id).catch((reason) => reason);
    expect(error).toBeInstanceOf(RunFailed);
    expect(error).toMatchObject({ name: 'RunFailed', code: 'BAD_INPUT', step: 'bad', run: { id, state: 'FAILED' } });
    expect((await client.runs.retry(id)).id).toBe(id);
    expect((await client.runs.wait(id)).state).toBe('FAILED');
  });

  it('list page by page, or whole', async () => {
    const client = await adminClient(server.url);
    const label = { list: 'pages' };
    for (let n = 0; n < 5; n += 1) await client.runs.start({ source: { yaml: YAML }, inputs: { n }, labels: label });
    const page = await client.runs.list({ filter: { label }, first: 2 });
    expect([page.nodes.length, page.pageInfo.hasNextPage]).toEqual([2, true]);
    const ids: string[] = [];
    for await (const { id } of client.runs.list({ filter: { label }, first: 2 })) ids.push(id);
    expect(new Set(ids).size).toBe(5);
  });

  it('stream their events, the lines they log and stop with the run', async () => {
    const client = await adminClient(server.url);
    const { id } = await client.runs.start({ source: { yaml: YAML }, inputs: { n: 1 } });
    const events = await Array.fromAsync(client.runs.events(id));
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.at(-1)).toMatchObject({ to: 'SUCCEEDED' });
    const steps = await Array.fromAsync(client.runs.events(id, { types: ['STEP_STATE_CHANGED'], steps: ['twice'] }));
    expect(steps).toEqual(events.filter(({ type, step }) => type === 'STEP_STATE_CHANGED' && step === 'twice'));
    const rest = await Array.fromAsync(client.runs.events(id, { after: events[1]?.cursor as string }));
    expect(rest).toEqual(events.slice(2));
    expect(await Array.fromAsync(client.runs.logs(id, { follow: false }))).toEqual(
      events.filter(({ type }) => type === 'LOG'),
    );
  });

  it('stop reading what is logged, without follow, while the run continues', async () => {
    const client = await adminClient(server.url);
    const { id } = await client.runs.start({ source: { yaml: ASKS } });
    await Array.fromAsync(client.runs.logs(id, { follow: false }));
    expect((await client.runs.get(id)).state).not.toBe('SUCCEEDED');
    expect((await client.runs.cancel(id, { reason: 'enough' })).id).toBe(id);
    await expect(client.runs.result(id)).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('continue with the payload of a signal', async () => {
    const client = await adminClient(server.url);
    const { id } = await client.runs.start({ source: { yaml: LISTENS } });
    await expect.poll(async () => (await client.runs.get(id)).state).toBe('WAITING');
    expect(await client.runs.signal(id, 'go', { by: 'ada' })).toMatchObject({ id });
    expect(await client.runs.result(id)).toEqual({ said: { by: 'ada' } });
    await expect(client.runs.signal(id, 'go')).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('end when their approval is rejected, with the comment', async () => {
    const client = await adminClient(server.url);
    const { id } = await client.runs.start({ source: { yaml: ASKS }, labels: { approval: 'rejected' } });
    await expect.poll(async () => (await client.runs.get(id)).state).toBe('WAITING');
    const { nodes } = await client.approvals.list({ state: 'OPEN' });
    const approval = nodes.find(({ run }) => run.id === id)?.id ?? '';
    expect(await client.approvals.reject(approval, { comment: 'too dear' })).toMatchObject({ state: 'REJECTED' });
    expect(await client.approvals.get(approval)).toMatchObject({ comment: 'too dear', mayDecide: false });
    await expect(client.runs.result(id)).rejects.toMatchObject({ code: 'FORBIDDEN', run: { state: 'DENIED' } });
    await expect(client.approvals.approve(approval)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('are waited for until the timeout or the signal, and continue', async () => {
    const client = await adminClient(server.url);
    const { id } = await client.runs.start({ source: { yaml: ASKS } });
    await expect(client.runs.wait(id, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'TIMEOUT' });
    const aborting = new AbortController();
    const waiting = client.runs.wait(id, { signal: aborting.signal });
    aborting.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    expect((await client.runs.get(id)).state).toBe('WAITING');
    await client.runs.cancel(id);
  });

  it('are waited for across a restart of the server, and then approved', async () => {
    const port = String(portOf(server));
    const client = await adminClient(server.url);
    const { id } = await client.runs.start({ source: { yaml: ASKS } });
    const result = client.runs.wait(id);
    await expect.poll(async () => (await client.runs.get(id)).state, { timeout: 30_000 }).toBe('WAITING');
    await server.stop('SIGKILL');
    const starting = client.runs.start({ source: { yaml: YAML }, inputs: { n: 2 } });
    server = await startServer({ dataDir, env: { PORT: port } });
    expect(await client.runs.result((await starting).id)).toEqual({ twice: 4 });
    for await (const approval of client.approvals.list({ state: 'OPEN' })) {
      expect((await client.approvals.get(approval.id)).reason).toBe('Really?');
      await client.approvals.approve(approval.id, { comment: 'yes' });
    }
    expect((await result).state).toBe('SUCCEEDED');
  });
});

describe('workflows', () => {
  it('are saved, started by name, and run again in the same version', async () => {
    const client = await adminClient(server.url);
    expect((await client.workflows.validate({ yaml: YAML }, { inputs: { n: 1 } })).valid).toBe(true);
    expect(await client.workflows.save(YAML)).toMatchObject({ name: 'doubled', version: 1 });
    const doubled = client.workflow<{ n: number }, { twice: number }>('doubled');
    const outputs = await doubled.run({ n: 21 });
    expectTypeOf(outputs).toEqualTypeOf<{ twice: number }>();
    expect(outputs).toEqual({ twice: 42 });

    const { id } = await doubled.start({ n: 3 });
    await client.runs.wait(id);
    await client.workflows.save(YAML.replace('* 2', '* 3'), { ifVersion: 1 });
    expect(await client.runs.result((await client.runs.rerun(id)).id)).toEqual({ twice: 6 });
    expect(await client.runs.result((await client.runs.rerun(id, { inputs: { n: 5 } })).id)).toEqual({ twice: 10 });
    const again = await client.runs.rerun(id, { from: 'twice' });
    expect(await client.runs.result(again.id)).toEqual({ twice: 6 });

    await client.workflows.save(FAILS);
    const listed = await Array.fromAsync(client.workflows.list({ first: 1 }), ({ name, version }) => ({
      name,
      version,
    }));
    expect(listed.toSorted((a, b) => a.name.localeCompare(b.name))).toEqual([
      { name: 'doubled', version: 2 },
      { name: 'fails', version: 1 },
    ]);
    const versions = await Array.fromAsync(client.workflows.versions('doubled'), ({ version }) => version);
    expect(versions).toEqual([2, 1]);
    expect((await client.workflows.get('doubled', { version: 1 })).yaml).toContain('* 2');
    expect(await client.workflows.versions('doubled', { first: 1 })).toMatchObject({
      nodes: [{ version: 2 }],
      pageInfo: { hasNextPage: true },
    });

    expect(await client.workflows.delete('doubled')).toMatchObject({ name: 'doubled' });
    const gone = { code: 'NOT_FOUND' };
    await expect(client.workflows.get('doubled')).rejects.toMatchObject(gone);
    await expect(client.workflows.versions('doubled').then()).rejects.toMatchObject(gone);
    await expect(client.workflows.delete('doubled')).rejects.toMatchObject(gone);
    expect(await Array.fromAsync(client.workflows.list(), ({ name }) => name)).toEqual(['fails']);
  });
});

describe('a run of a document that is not saved', () => {
  it('starts again with its inputs and labels', async () => {
    const client = await adminClient(server.url);
    const { id } = await client.runs.start({ source: { yaml: YAML }, inputs: { n: 4 }, labels: { team: 'sales' } });
    await client.runs.wait(id);
    const again = await client.runs.rerun(id);
    expect(again).toMatchObject({ labels: { team: 'sales' } });
    expect(await client.runs.result(again.id)).toEqual({ twice: 8 });
  });
});

describe('events', () => {
  it('are those of every run, each once, in the order of the journal', async () => {
    const client = await adminClient(server.url);
    const first = await client.runs.start({ source: { yaml: YAML }, inputs: { n: 1 } });
    await client.runs.wait(first.id);
    const { cursor } = await client.runs.get(first.id);
    const { id } = await client.runs.start({ source: { yaml: YAML }, inputs: { n: 1 } });
    const seqs: number[] = [];
    for await (const event of client.events({ after: cursor, batch: 2 })) {
      if (event.runId !== id) continue;
      seqs.push(event.seq);
      if (event.__typename === 'RunStateChanged' && event.to === 'SUCCEEDED') break;
    }
    expect(seqs).toEqual(seqs.map((_, index) => index + 1));
  });
});
