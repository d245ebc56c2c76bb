import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEvents } from '../../src/resources/content/event-stream.ts';
import { type Server, startServer } from '../support/server.ts';
import { createTestUsers, type TestUsers } from '../support/test-users.ts';
import { until } from '../support/until.ts';

const VERSION = '2026-07-28';
const PREFIX = 'io.modelcontextprotocol/';
const ASK = `
name: ask
steps:
  - { id: ask, kind: approval, input: { reason: "Go on?" } }
`;

let server: Server;
let users: TestUsers;
beforeAll(async () => {
  server = await startServer({ env: { SIGNALBOX_PLUGINS: 'test/support/mcp/commands.ts' } });
  users = await createTestUsers(server);
  await users.mutate('saveWorkflow', { source: { yaml: ASK } }, '... on Workflow { name }');
});
afterAll(() => server.stop());

interface Options {
  readonly meta?: Record<string, unknown>;
  readonly headers?: Record<string, string | undefined>;
  readonly token?: string;
  readonly signal?: AbortSignal;
}

/** One request of 2026-07-28. */
function ask(method: string, params: Record<string, unknown> = {}, options: Options = {}): Promise<Response> {
  const name = params.name ?? params.uri;
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': VERSION,
    'mcp-method': method,
    ...(typeof name === 'string' && { 'mcp-name': name }),
    ...options.headers,
  };
  const given = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const _meta = { [`${PREFIX}protocolVersion`]: VERSION, [`${PREFIX}clientCapabilities`]: {}, ...options.meta };
  return server.fetch('/mcp', {
    method: 'POST',
    headers: Object.fromEntries(given),
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } }),
    token: options.token ?? users.tokens.alice,
    ...(options.signal && { signal: options.signal }),
  });
}

async function* messagesOf(response: Response) {
  if (response.body) for await (const { data } of readEvents(response.body)) if (data !== '') yield JSON.parse(data);
}

describe('a request of 2026-07-28', () => {
  it('needs no session, and each result says by whom and for how long it is', async () => {
    const discovered = await ask('server/discover');
    expect(discovered.headers.get('mcp-session-id')).toBeNull();
    expect(await discovered.json()).toMatchObject({
      result: { resultType: 'complete', supportedVersions: expect.arrayContaining([VERSION]), cacheScope: 'public' },
    });
    expect(await (await ask('tools/list')).json()).toMatchObject({
      result: {
        tools: expect.arrayContaining([expect.objectContaining({ name: 'web_search' })]),
        cacheScope: 'private',
        ttlMs: 0,
        _meta: { [`${PREFIX}serverInfo`]: { name: 'signalbox' } },
      },
    });
  });

  it.each<[string, number, number, string, Options]>([
    ['an unknown method', 404, -32_601, 'ping', {}],
    ['another version', 400, -32_022, 'tools/list', otherVersion('2099-01-01')],
    ['a version with a handshake', 400, -32_022, 'tools/list', otherVersion('2025-11-25')],
    ['no version in a header', 400, -32_020, 'tools/list', { headers: { 'mcp-protocol-version': undefined } }],
    ['another method in a header', 400, -32_020, 'tools/list', { headers: { 'mcp-method': 'tools/call' } }],
    ['no version in the message', 400, -32_602, 'tools/list', { meta: { [`${PREFIX}protocolVersion`]: undefined } }],
    ['no capabilities', 400, -32_602, 'tools/list', { meta: { [`${PREFIX}clientCapabilities`]: undefined } }],
  ])('with %s is refused (%i, %i)', async (_, status, code, method, options) => {
    const response = await ask(method, {}, options);
    expect([response.status, await response.json()]).toMatchObject([status, { id: 1, error: { code } }]);
  });

  it('names a tool in a header as in the message, in Base64 if need be', async () => {
    const named = (name: string) => ask('tools/call', { name: 'workflow.no' }, { headers: { 'mcp-name': name } });
    expect((await named('workflow.yes')).status).toBe(400);
    const encoded = await named(`=?base64?${Buffer.from('workflow.no').toString('base64')}?=`);
    expect(await encoded.json()).toMatchObject({
      error: { code: -32_602, message: expect.stringMatching(/Unknown tool/) },
    });
  });

  it('for a resource that does not exist has invalid parameters', async () => {
    const answer = await ask('resources/read', { uri: 'signalbox://runs/run_0' });
    expect(await answer.json()).toMatchObject({ error: { code: -32_602 } });
  });

  it('is cancelled, with its run, when its client disconnects', async () => {
    const leave = new AbortController();
    const options = { token: users.tokens.admin, signal: leave.signal };
    const calling = ask('tools/call', { name: 'endless' }, options);
    const newest = '{ runs(first: 1) { nodes { id state steps { key } } } }';
    const run = await until('it is running', async () => {
      const { data } = await server.query(newest, {}, users.tokens.admin);
      const [node] = data.runs.nodes;
      return node?.steps[0]?.key === 'endless' && node;
    });
    leave.abort();
    await expect(calling.then((response) => response.text())).rejects.toThrow();
    expect(await users.reach(run.id, 'CANCELLED', 'admin')).toMatchObject({ state: 'CANCELLED' });
  });

  it('follows runs, as its first message says, until nobody listens', async () => {
    const called = await (await ask('tools/call', { name: 'workflow_ask' })).json();
    const { _meta: meta } = called.result;
    const uri = `signalbox://runs/${meta['signalbox/runId']}`;
    const leave = new AbortController();
    const notifications = { resourceSubscriptions: [uri, 'signalbox://runs/run_0'], toolsListChanged: true };
    const stream = messagesOf(await ask('subscriptions/listen', { notifications }, { signal: leave.signal }));
    const subscription = { [`${PREFIX}subscriptionId`]: 1 };
    expect((await stream.next()).value).toMatchObject({
      method: 'notifications/subscriptions/acknowledged',
      params: { _meta: subscription, notifications: { resourceSubscriptions: [uri] } },
    });
    const decision = { approvalId: meta['signalbox/approvalId'], approve: true };
    await users.mutate('decideApproval', decision, '... on Approval { state }', 'admin');
    expect((await stream.next()).value).toMatchObject({
      method: 'notifications/resources/updated',
      params: { _meta: subscription, uri },
    });
    leave.abort();
  });
});

function otherVersion(version: string): Options {
  return { headers: { 'mcp-protocol-version': version }, meta: { [`${PREFIX}protocolVersion`]: version } };
}
