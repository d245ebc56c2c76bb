import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import { afterAll, afterEach, beforeAll, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { startCuttingProxy } from '../../../test/support/cutting-proxy.ts';
import { type Server, startServer, tokenFor } from '../../../test/support/server.ts';
import * as documents from '../src/generated/graphql.ts';
import { unwrap } from '../src/transport/signalbox-error.ts';
import { adminClient, cleanUp, convert, portOf } from './test-clients.ts';

const { ConvertToJsonDocument, ExecuteDocument, PipelineDocument, ResourcesDocument } = documents;
const { RunDocument, RunEventsDocument, RunsDocument, ViewerDocument } = documents;
const { ApprovalsDocument, DecideApprovalDocument, RunUpdatedDocument, SaveWorkflowDocument } = documents;
const { SendSignalDocument, StartRunDocument, ValidateWorkflowDocument, WorkflowRunDocument } = documents;

type Events = documents.EventsSubscription['events']['events'];

let dataDir: string;
let server: Server;
let proxy: Awaited<ReturnType<typeof startCuttingProxy>>;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'signalbox-sdk-'));
  server = await startServer({ dataDir });
  proxy = await startCuttingProxy(portOf(server));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await cleanUp();
});

afterAll(async () => {
  await proxy?.stop();
  await server?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

describe('the prepared documents', () => {
  const schema = buildSchema(readFileSync(resolve(import.meta.dirname, '../../../schema.graphql'), 'utf8'));
  const prepared = Object.entries(documents).filter(([name]) => name.endsWith('Document'));

  it.each(prepared)('%s matches the contract', (_, document) => {
    expect(validate(schema, parse(document.toString()))).toEqual([]);
  });

  it('carry the types of their results and variables', () => {
    type Converted = Awaited<ReturnType<typeof convert>>;
    expectTypeOf<Converted['run']['state']>().toEqualTypeOf<documents.RunState>();
    expectTypeOf<Extract<Events[number], { __typename: 'LogLine' }>['text']>().toEqualTypeOf<string>();
  });
});

describe('at a real server', () => {
  it('signs in, and then has an identity', async () => {
    const client = await adminClient(server.url, { token: 'not a token' });
    const session = await client.signIn('alice', 'alice');
    expect(session.principal).toMatchObject({ username: 'alice', roles: ['analyst'] });
    expect((await client.request(ViewerDocument)).viewer?.subject).toBe(session.principal.subject);
    await expect(client.signIn('alice', 'wrong')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('runs commands and reads their runs', async () => {
    const client = await adminClient(server.url);
    const { run, resource } = await convert(client, 'a,b\n1,2\n');
    expect(run).toMatchObject({ kind: 'COMMAND', state: 'SUCCEEDED', error: null });
    expect(resource?.json).toMatchObject({ rows: [{ a: '1', b: '2' }] });
    expect((await client.request(RunDocument, { id: run.id })).run).toMatchObject({ id: run.id, state: 'SUCCEEDED' });
    expect((await client.request(RunsDocument, { first: 1 })).runs.nodes).toHaveLength(1);

    const executed = await client.request(ExecuteDocument, {
      input: { command: 'convertToBase64', options: { source: { text: { text: 'abc' } } } },
    });
    expect(unwrap(executed.execute).run.state).toBe('SUCCEEDED');
    const piped = await client.request(PipelineDocument, {
      input: {
        steps: [
          { command: 'convertToJson', options: { source: { text: { text: 'a\n1\n', mediaType: 'text/csv' } } } },
          { command: 'render', options: { source: { uri: '$previous.output' } } },
        ],
      },
    });
    expect(unwrap(piped.pipeline).resource?.text).toContain('<table');
  });

  it('throws a refusal from unwrap, and keeps the fields that did not fail', async () => {
    const bob = await adminClient(server.url, { token: await tokenFor('bob', { roles: ['user'] }) });
    const input = { source: { uri: 'https://private.example/x.csv' } };
    const { convertToJson } = await bob.request(ConvertToJsonDocument, { input });
    expect(() => unwrap(convertToJson)).toThrow(
      expect.objectContaining({ code: 'FORBIDDEN', refusal: expect.objectContaining({ decision: expect.anything() }) }),
    );

    const failed = await bob
      .request(ResourcesDocument, { uris: ['data:,a', 'https://private.example/x', 'data:,b'] })
      .catch((error) => error);
    expect(failed).toMatchObject({ code: 'FORBIDDEN', errors: [{ path: ['resources', 1] }] });
    expect((failed.data as documents.ResourcesQuery).resources.map((resource) => resource?.text)).toEqual([
      'a',
      undefined,
      'b',
    ]);
  });

  it('uploads an artifact, uses it in a command, and downloads it', async () => {
    const client = await adminClient(server.url);
    const csv = 'name,price\nlamp,12\n';
    const artifact = await client.upload(new Blob([csv], { type: 'text/csv' }).stream(), {
      name: 'lamps.csv',
      mediaType: 'text/csv',
    });
    expect(artifact).toMatchObject({ name: 'lamps.csv', size: csv.length });
    const input = { source: { uri: artifact.uri } };
    const { resource } = unwrap((await client.request(ConvertToJsonDocument, { input })).convertToJson);
    expect(resource?.json).toMatchObject({ rows: [{ name: 'lamp', price: '12' }] });
    expect(await (await client.download(artifact.digest)).text()).toBe(csv);
    expect(await (await client.download(artifact.digest, { range: 'bytes=0-3' })).text()).toBe('name');
    await expect(client.download('0'.repeat(64))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('delivers the events of a run, and ends with the run', async () => {
    const client = await adminClient(server.url);
    const { run } = await convert(client, 'a\n1\n');
    const events: Events[number][] = [];
    for await (const { runEvents } of client.subscribe(RunEventsDocument, { runId: run.id, batch: 2 })) {
      events.push(...runEvents.events);
    }
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
    expect(events.at(-1)).toMatchObject({ __typename: 'RunStateChanged', to: 'SUCCEEDED' });
    await expect(client.subscribe(RunEventsDocument, { runId: `run_${'0'.repeat(32)}` }).next()).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('a workflow at a real server', () => {
  const document = {
    name: 'sdk',
    steps: [
      { id: 'agree', kind: 'approval', input: { reason: 'Shall it?' } },
      { id: 'wait', kind: 'signal', depends_on: ['agree'], input: { name: 'go' } },
    ],
    outputs: { said: '{{ steps.wait.output }}' },
  };

  it('is checked, saved, started, decided on, signaled, and followed to its end, over connections that are cut', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const client = await adminClient(server.url);
    const { validateWorkflow } = await client.request(ValidateWorkflowDocument, { source: { document } });
    expect(validateWorkflow).toMatchObject({ valid: true, problems: [] });
    const saved = await client.request(SaveWorkflowDocument, { input: { source: { document } } });
    expect(unwrap(saved.saveWorkflow)).toMatchObject({ name: 'sdk', version: 1 });
    const { startRun } = await client.request(StartRunDocument, { input: { source: { name: 'sdk' } } });
    const { id: runId } = unwrap(startRun);

    const follower = await adminClient(proxy.url);
    proxy.cutAfter([2000, 3000]);
    const seen: string[] = [];
    let signaled = false;
    for await (const { runUpdated } of follower.subscribe(RunUpdatedDocument, { runId })) {
      const { state, steps } = runUpdated;
      seen.push(state);
      if (steps[1]?.state === 'WAITING' && !signaled) {
        signaled = true;
        const sent = await client.request(SendSignalDocument, { input: { runId, name: 'go', payload: 'gone' } });
        expect(unwrap(sent.sendSignal).id).toBe(runId);
      } else if (steps[0]?.state === 'WAITING') {
        const { approvals } = await client.request(ApprovalsDocument, { state: 'OPEN' });
        const approval = approvals.nodes.find(({ run }) => run.id === runId);
        if (!approval) continue;
        const decided = await client.request(DecideApprovalDocument, {
          input: { approvalId: approval.id, approve: true },
        });
        expect(unwrap(decided.decideApproval)).toMatchObject({ state: 'APPROVED', step: { key: 'agree' } });
      }
    }
    expect(seen.at(-1)).toBe('SUCCEEDED');
    const { run } = await client.request(WorkflowRunDocument, { id: runId });
    expect(run).toMatchObject({ workflow: 'sdk', outputs: [{ name: 'said', value: 'gone' }] });
    const again = await client.request(SendSignalDocument, { input: { runId, name: 'go' } });
    expect(() => unwrap(again.sendSignal)).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
  });
});
