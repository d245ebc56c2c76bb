import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import {
  LoggingMessageNotificationSchema,
  type Progress,
  ResourceUpdatedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectMcp, textOf } from '../support/mcp/connect-mcp.ts';
import { type Server, startServer } from '../support/server.ts';
import { createTestUsers, type TestUsers } from '../support/test-users.ts';
import { until } from '../support/until.ts';

const CSV = { uri: 'data:text/csv,a%0A1' };
const AGREE = `
name: agree
description: Asks a person, then says so.
inputs: { word: string }
steps:
  - { id: first, kind: transform, input: { data: { word: "{{ word }}" }, expression: "{'word': word}" } }
  - { id: ask, kind: approval, depends_on: [first], input: { reason: "Say {{ word }}?" } }
outputs: { said: "{{ steps.first.output.word }}" }
`;
const NAP = `
name: nap
steps:
  - { id: doze, kind: sleep, input: { ms: 300 } }
  - { id: wake, kind: transform, depends_on: [doze], input: { expression: "{'awake': true}" } }
outputs: { awake: "{{ steps.wake.output.awake }}" }
`;

let server: Server;
let users: TestUsers;
let alice: Client;
let admin: Client;
beforeAll(async () => {
  server = await startServer({
    env: { SIGNALBOX_PLUGINS: 'test/support/mcp/commands.ts', FETCH_MAX_BYTES: '6000000' },
  });
  users = await createTestUsers(server);
  for (const yaml of [AGREE, NAP]) await users.mutate('saveWorkflow', { source: { yaml } }, '... on Workflow { name }');
  alice = await connectMcp(server, users.tokens.alice);
  admin = await connectMcp(server, users.tokens.admin);
});
afterAll(async () => {
  await Promise.all([alice.close(), admin.close()]);
  await server.stop();
});

const call = (client: Client, name: string, args: Record<string, unknown> = {}, meta = {}) =>
  client.callTool({ name, arguments: args, _meta: meta });
const metaOf = (result: { _meta?: Record<string, unknown> | undefined }, name: string) =>
  result._meta?.[`signalbox/${name}`];
const contentOf = async (client: Client, uri: string) => {
  const [content] = (await client.readResource({ uri })).contents;
  return content && 'text' in content ? JSON.parse(content.text) : content;
};

describe('the list of tools', () => {
  it('has commands, tools and saved workflows, with the schemas that validate them', async () => {
    const { tools } = await alice.listTools();
    const named = new Map(tools.map((tool) => [tool.name, tool]));
    expect([...named.keys()]).toEqual(
      expect.arrayContaining(['convertToJson', 'pipeline', 'web_search', 'python_run', 'workflow_agree']),
    );
    expect(named.get('convertToJson')).toMatchObject({
      title: 'Convert to JSON',
      inputSchema: { type: 'object', additionalProperties: false, required: ['source'] },
      annotations: { readOnlyHint: true },
    });
    expect(named.get('notify_send')).toMatchObject({
      outputSchema: { type: 'object', required: ['delivered', 'id'] },
      annotations: { readOnlyHint: false },
    });
    expect(named.get('workflow_agree')).toMatchObject({
      description: 'Asks a person, then says so.',
      inputSchema: { type: 'object', required: ['word'], properties: { word: { type: 'string' } } },
    });
    // The result may be a request for approval, which its output schema does not include.
    expect(named.get('repo_git_push')).not.toHaveProperty('outputSchema');
  });

  it('has names that every client accepts, all different, and calls take the original ones too', async () => {
    const names = (await admin.listTools()).tools.map(({ name }) => name);
    expect(names.filter((name) => !/^[A-Za-z0-9_-]{1,64}$/.test(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
    for (const name of ['workflow.nap', 'workflow_nap'])
      expect((await call(alice, name)).structuredContent).toEqual({ awake: true });
    for (const name of ['notify.send', 'notify_send'])
      expect(textOf(await call(alice, name))).toMatch(/^BAD_INPUT: [\s\S]*message must be given/);
  });

  it('omits what the policy never lets the caller do', async () => {
    const bob = await connectMcp(server, users.tokens.bob);
    const names = (await bob.listTools()).tools.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['fetch', 'render', 'web_search', 'workflow_nap']));
    for (const hidden of ['convertToXml', 'testSimpleText', 'python_run', 'repo_git_push', 'endless'])
      expect(names).not.toContain(hidden);
    const refused = await call(bob, 'python.run', { entrypoint: 'main.py' });
    expect([refused.isError, textOf(refused)]).toEqual([true, expect.stringMatching(/^(FORBIDDEN|BAD_INPUT)/)]);
    await bob.close();
  });

  it('is paged, and refuses an invalid cursor', async () => {
    await expect(alice.listTools({ cursor: 'x' })).rejects.toThrow(/-32602.*cursor/);
    expect(await alice.listTools({ cursor: 's:5000' })).toMatchObject({ tools: expect.any(Array) });
  });
});

describe('a call', () => {
  it('returns its output as text, and as JSON if it is an object', async () => {
    const result = await call(alice, 'convertToJson', { source: CSV });
    expect(result.structuredContent).toEqual({ fields: ['a'], rows: [{ a: '1' }] });
    expect(JSON.parse(textOf(result))).toEqual(result.structuredContent);
    const { run } = await users.ask('query ($id: ID!) { run(id: $id) { state kind } }', {
      id: metaOf(result, 'runId'),
    });
    expect(run).toEqual({ state: 'SUCCEEDED', kind: 'COMMAND' });
  });

  it('returns an image, audio and other bytes with their types', async () => {
    const typesOf = async (name: string) => (await call(admin, name)).content;
    expect(await typesOf('testImageContent')).toMatchObject([{ type: 'image', mimeType: 'image/png' }]);
    expect(await typesOf('testAudioContent')).toMatchObject([{ type: 'audio', mimeType: 'audio/wav' }]);
    expect(await typesOf('testEmbeddedResource')).toMatchObject([{ type: 'resource', resource: { blob: 'AAEC/w==' } }]);
  });

  it('returns a link to a large output, which can be read up to a limit', async () => {
    const linkTo = async (bytes: number) => {
      const body = 'x'.repeat(bytes);
      const token = users.tokens.alice;
      const init = { method: 'POST', headers: { 'content-type': 'text/plain' }, body, token };
      const { digest } = (await (await server.fetch('/artifacts', init)).json()) as { digest: string };
      const result = await call(alice, 'fetch', { source: { uri: `artifact:sha256/${digest}` } });
      return (result.content as { type: string; uri: string; size: number }[])[0];
    };
    const link = await linkTo(300_000);
    expect(link).toMatchObject({ type: 'resource_link', size: 300_000, mimeType: 'text/plain' });
    const [content] = (await alice.readResource({ uri: link?.uri ?? '' })).contents;
    expect(content).toMatchObject({ text: 'x'.repeat(300_000) });
    const large = await linkTo(5_000_000);
    await expect(alice.readResource({ uri: large?.uri ?? '' })).rejects.toThrow(/5000000 bytes.*\/artifacts\//);
  });

  it('that fails or is refused returns a result that says why; an unknown tool is an error', async () => {
    const failed = await call(admin, 'testErrorHandling');
    expect(failed).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('BAD_INPUT: This tool intentionally') }],
      _meta: { 'signalbox/runId': expect.stringMatching(/^run_/), 'signalbox/error': { code: 'BAD_INPUT' } },
    });
    const denied = await call(alice, 'convertToJson', { source: { uri: 'file:///etc/passwd' } });
    expect([denied.isError, textOf(denied)]).toEqual([true, expect.stringMatching(/^FORBIDDEN/)]);
    const wrong = await call(alice, 'notify.send', { text: 'hello' });
    expect(textOf(wrong)).toMatch(/^BAD_INPUT: [\s\S]*\/message must be given[\s\S]*\/text is not an option/);
    await expect(call(alice, 'no.such.tool')).rejects.toThrow(/-32602.*Unknown tool/);
    await expect(call(alice, 'workflow.nothing')).rejects.toThrow(/-32602.*Unknown tool/);
  });

  it('with the same key runs once', async () => {
    const key = { 'signalbox/idempotencyKey': 'once-and-only' };
    const [first, second] = await Promise.all([
      call(admin, 'testSimpleText', {}, key),
      call(admin, 'testSimpleText', {}, key),
    ]);
    expect(metaOf(second, 'runId')).toBe(metaOf(first, 'runId'));
    expect(metaOf(await call(admin, 'testSimpleText'), 'runId')).not.toBe(metaOf(first, 'runId'));
    expect(textOf(await call(admin, 'testSimpleText', {}, { 'signalbox/idempotencyKey': 5 }))).toMatch(/^BAD_INPUT/);
  });

  it('reports its progress, which only rises, and its log from the requested level', async () => {
    const progress: Progress[] = [];
    const logged: unknown[] = [];
    const client = await connectMcp(server, users.tokens.admin);
    client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void logged.push(params.data));
    await client.callTool({ name: 'testToolWithLogging' });
    expect(logged).toEqual([]);
    await client.setLoggingLevel('info');
    await client.callTool({ name: 'testToolWithProgress' }, undefined, { onprogress: (one) => progress.push(one) });
    expect(progress.map((one) => [one.progress, one.total])).toEqual([0, 1, 2, 3].map((done) => [done, 3]));
    expect(logged).toEqual(['Tool execution started', 'Tool processing data', 'Tool execution completed']);
    await client.close();
  });

  it('that the client cancels ends with its run', async () => {
    const giveUp = new AbortController();
    const began = call(admin, 'convertToJson', { source: CSV });
    await began;
    const calling = admin.callTool({ name: 'endless' }, undefined, { signal: giveUp.signal });
    const runOf = async () => {
      const { resources } = await admin.listResources();
      return contentOf(admin, resources[0]?.uri ?? '');
    };
    const run = await until('it is running', async () => {
      const newest = await runOf();
      return newest.steps?.[0]?.key === 'endless' && newest;
    });
    giveUp.abort('enough');
    await expect(calling).rejects.toThrow();
    expect(await users.reach(run.id, 'CANCELLED', 'admin')).toMatchObject({ state: 'CANCELLED' });
  });
});

describe('a workflow', () => {
  it('is followed to its end, also through a sleep, and returns its outputs', async () => {
    const progress: Progress[] = [];
    const result = await alice.callTool({ name: 'workflow.nap' }, undefined, {
      onprogress: (one) => progress.push(one),
    });
    expect(result.structuredContent).toEqual({ awake: true });
    expect(progress.at(-1)).toMatchObject({ progress: 2, total: 2 });
  });

  it('that requires approval says so, with the ids for the approval', async () => {
    const result = await call(alice, 'workflow.agree', { word: 'hello' });
    expect(result.isError).toBeUndefined();
    expect(textOf(result)).toContain('Say hello?');
    const input = { approvalId: metaOf(result, 'approvalId'), approve: true };
    await users.mutate('decideApproval', input, '... on Approval { state }', 'admin');
    const id = String(metaOf(result, 'runId'));
    await users.reach(id, 'SUCCEEDED');
    expect(await contentOf(alice, `signalbox://runs/${id}`)).toMatchObject({
      state: 'SUCCEEDED',
      outputs: { said: 'hello' },
      steps: [{ key: 'first', state: 'SUCCEEDED' }, { key: 'ask' }],
    });
  });

  it('with invalid inputs is refused with every problem', async () => {
    const result = await call(alice, 'workflow.agree', { words: 'hello' });
    expect(textOf(result)).toMatch(/^BAD_INPUT[\s\S]*must be given[\s\S]*is not an input/);
  });
});

describe('a tool that needs approval', () => {
  it('waits, and does not fail', async () => {
    const args = { path: 'project', remote: 'https://git.example.com/team/project.git' };
    const result = await call(alice, 'repo.git.push', args);
    expect(result.isError).toBeUndefined();
    expect(textOf(result)).toMatch(/is WAITING\. A person has to decide the approval apr_/);
    expect(metaOf(result, 'approvalId')).toMatch(/^apr_/);
  });
});

describe('resources', () => {
  it('are the runs that the caller may see, newest first, with their events', async () => {
    const id = metaOf(await call(alice, 'convertToJson', { source: CSV }), 'runId');
    const { resources } = await alice.listResources();
    expect(resources[0]).toMatchObject({ uri: `signalbox://runs/${id}`, mimeType: 'application/json' });
    const { events, more } = await contentOf(alice, `signalbox://runs/${id}/events`);
    expect(more).toBe(false);
    expect(events.map(({ type }: { type: string }) => type)).toContain('RUN_CREATED');
    expect((await alice.listResourceTemplates()).resourceTemplates).toHaveLength(3);
  });

  it('of others, and invalid URIs, do not exist', async () => {
    const id = metaOf(await call(admin, 'testSimpleText'), 'runId');
    for (const uri of [
      `signalbox://runs/${id}`,
      `signalbox://runs/${id}/events`,
      `artifact:sha256/${'0'.repeat(64)}`,
      'signalbox://runs/../x',
      'file:///etc/passwd',
    ])
      await expect(alice.readResource({ uri })).rejects.toMatchObject({ code: -32_002 });
    await expect(alice.subscribeResource({ uri: `signalbox://runs/${id}` })).rejects.toMatchObject({ code: -32_002 });
    expect((await admin.listResources()).resources.map(({ name }) => name)).toContain(id);
  });

  it('notify their subscribers when they change', async () => {
    const told: string[] = [];
    alice.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => void told.push(params.uri));
    const result = await call(alice, 'workflow.agree', { word: 'hello' });
    const uri = `signalbox://runs/${metaOf(result, 'runId')}`;
    await alice.subscribeResource({ uri });
    expect(told).toEqual([]);
    const input = { approvalId: metaOf(result, 'approvalId'), approve: false };
    await users.mutate('decideApproval', input, '... on Approval { state }', 'admin');
    await until('it is told', () => told.includes(uri));
    await expect(alice.subscribeResource({ uri: `${uri}/events` })).rejects.toMatchObject({ code: -32_602 });
  });
});
