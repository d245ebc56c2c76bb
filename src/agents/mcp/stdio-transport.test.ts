import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import {
  createTestSession,
  type TestSession,
  type TestSessionOptions,
} from '../../../test/support/agents/agent-session.ts';
import type { ProgramLimits } from '../../core/programs/sandbox.ts';
import { canonicalUri } from '../../resources/canonical-uri.ts';
import { createOutgoing } from '../../resources/outgoing/outgoing.ts';
import { createBubblewrap } from '../../runtime/sandbox/bubblewrap.ts';
import { connectMcp, type McpClientDeps, type McpConnection } from './client.ts';
import type { McpServerConfig } from './server-config.ts';

const ROOT = join(import.meta.dirname, '../../..');
const EVERYTHING = 'node_modules/@modelcontextprotocol/server-everything/dist/index.js';
const LIMITS: ProgramLimits = { memoryBytes: 4 * 2 ** 30, processes: 64, cpuSeconds: 20, fileBytes: 2 ** 20 };

const network = { allowedPrivateHosts: [], headerTimeoutMs: 5_000 };
const readPaths = [join(ROOT, 'node_modules'), join(ROOT, 'test/support/agents')];
const outgoing = createOutgoing({ version: '0', ...network });
const deps: McpClientDeps = {
  sandbox: createBubblewrap({ readPaths, outgoing: network }),
  outgoing,
  canonicalize: canonicalUri,
  version: '0',
  programLimits: LIMITS,
  readPaths,
};
const open: { readonly close: () => Promise<void> }[] = [];
afterEach(() => Promise.all(open.splice(0).map((one) => one.close())));
afterAll(() => outgoing.close());

const broken = (how: string): McpServerConfig => ({ stdioCommand: ['node', 'agents/broken-mcp-server.mjs', how] });

async function connect(
  server: McpServerConfig,
  options?: TestSessionOptions,
): Promise<{ connection: McpConnection; session: TestSession }> {
  const session = createTestSession(options);
  open.push(session);
  const connection = await connectMcp(server, deps, session);
  open.push(connection);
  return { connection, session };
}

/** The first failure of connecting, listing tools and calling one. */
async function failureOf(how: string) {
  const error = await connect(broken(how))
    .then(async ({ connection, session }) => {
      await connection.tools();
      return connection.call('echo', { text: 'hello' }, session.signal);
    })
    .catch((fault: unknown) => fault);
  return { ...(error as object), message: (error as Error).message };
}

describe('an MCP server over stdio', () => {
  it('runs the reference server in the sandbox, lists its tools and calls one', async () => {
    const { connection, session } = await connect({ stdioCommand: ['node', EVERYTHING, 'stdio'] });
    expect(connection.uri.href).toBe('exec:///run/signalbox/bin/node');
    const tools = await connection.tools();
    expect(tools.find(({ name }) => name === 'get-sum')).toMatchObject({ input: { required: ['a', 'b'] } });
    const sum = await connection.call('get-sum', { a: 2, b: 3 }, session.signal);
    expect(sum).toMatchObject({ text: 'The sum of 2 and 3 is 5.' });
    const weather = await connection.call('get-structured-content', { location: 'Chicago' }, session.signal);
    expect(weather).toEqual({ temperature: 36, conditions: 'Light rain / drizzle', humidity: 82 });
    expect(session.logged).toContain('INFO Starting default (STDIO) server...');
  });

  it('passes only the configured environment to the program, with secrets resolved', async () => {
    const env = { KEY: 'Bearer secret:API_KEY' };
    const { connection, session } = await connect(
      { stdioCommand: ['node', EVERYTHING, 'stdio'], env },
      { secrets: { API_KEY: 's3cret' } },
    );
    const { text } = (await connection.call('get-env', {}, session.signal)) as { text: string };
    expect(Object.keys(JSON.parse(text)).sort()).toEqual(['HOME', 'KEY', 'LANG', 'PATH', 'PWD']);
    expect(JSON.parse(text)).toMatchObject({ KEY: 'Bearer s3cret' });
    expect(session.authorized).toEqual(['secret:API_KEY exec:///run/signalbox/bin/node']);
  });

  it('ignores tools with unprintable names', async () => {
    const { connection, session } = await connect(broken('lists odd names'));
    expect((await connection.tools()).map(({ name }) => name)).toEqual(['fine']);
    expect(session.logged.filter((line) => line.startsWith('WARN'))).toHaveLength(3);
  });

  it('keeps the secrets of the program out of log and messages', async () => {
    const { connection, session } = await connect(
      { ...broken('tells its secret'), env: { KEY: 'secret:API_KEY' } },
      { secrets: { API_KEY: 's3cret' } },
    );
    await connection.tools();
    await expect.poll(() => session.logged).toContain('INFO my key is [secret]');
    const server = { ...broken('answers with its secret'), env: { KEY: 'secret:API_KEY' } };
    const other = await connect(server, { secrets: { API_KEY: 's3cret' } });
    await expect(other.connection.call('echo', {}, other.session.signal)).rejects.toThrow('[secret] is no key');
  });

  it('keeps images and other bytes as artifacts, and reports progress', async () => {
    const { connection, session } = await connect({ stdioCommand: ['node', EVERYTHING, 'stdio'] });
    const image = (await connection.call('get-tiny-image', {}, session.signal)) as { content: readonly object[] };
    const [artifact] = [...session.artifacts.values()];
    expect(artifact).toMatchObject({ name: 'get-tiny-image-2.png', media_type: 'image/png' });
    expect(artifact?.bytes.subarray(1, 4).toString()).toBe('PNG');
    expect(image.content[1]).toMatchObject({ type: 'image', uri: `artifact:sha256/${artifact?.sha256}` });
    expect(JSON.stringify(image)).not.toContain('base64');
    await connection.call('trigger-long-running-operation', { duration: 0.2, steps: 2 }, session.signal);
    expect(session.payloads('STEP_PROGRESS')).toContainEqual({ percent: 50 });
  });

  it.each([
    ['writes no JSON', 'RESOURCE_UNREACHABLE', /other than MCP.*Server started!/],
    ['writes other JSON', 'RESOURCE_UNREACHABLE', /other than MCP.*hello/],
    ['speaks an unknown version', 'RESOURCE_UNREACHABLE', /version is not supported: 1\.0/],
    ['writes a line without end', 'RESOURCE_TOO_LARGE', /4194304 bytes/],
    ['ends at once', 'RESOURCE_UNREACHABLE', /code 3.*I cannot find my configuration/],
    ['lists without end', 'RESOURCE_TOO_LARGE', /tools/],
    ['lists too many', 'RESOURCE_TOO_LARGE', /1000 tools/],
    ['lists too much', 'RESOURCE_TOO_LARGE', /descriptions are too long/],
    ['lists no list', 'RESOURCE_UNREACHABLE', /MCP/],
    ['dies in a call', 'RESOURCE_UNREACHABLE', /code 1.*Out of luck/],
    ['answers too much', 'RESOURCE_TOO_LARGE', /bytes/],
    ['answers too deep', 'RESOURCE_UNREACHABLE', /MCP/],
    ['answers no result', 'RESOURCE_UNREACHABLE', /MCP/],
    ['answers with an error', 'RESOURCE_UNREACHABLE', /The database is gone/],
    ['answers with a failure', 'BAD_INPUT', /echo failed: There is no such city/],
  ])('that %s fails with %s', async (how, code, message) => {
    expect(await failureOf(how)).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('ends when the step is cancelled, during start and call', async () => {
    for (const how of ['hangs at once', 'hangs in a call']) {
      const session = createTestSession();
      open.push(session);
      setTimeout(() => session.stop.abort(), 300);
      const call = connectMcp(broken(how), deps, session).then((connection) => {
        open.push(connection);
        return connection.call('echo', { text: 'x' }, session.signal);
      });
      await expect(call, how).rejects.toMatchObject({ code: 'CANCELLED' });
    }
  });

  it('rejects requests of the server for a model or a person', async () => {
    const { connection, session } = await connect(broken('asks back'));
    expect(await connection.call('echo', { text: 'x' }, session.signal)).toMatchObject({
      text: expect.stringContaining('-32601'),
    });
  });

  it('logs at most a thousand lines of standard error', async () => {
    const { connection, session } = await connect(broken('chatters'));
    await connection.tools();
    await expect.poll(() => session.logged.length).toBe(1_001);
    expect(session.logged.at(-1)).toMatch(/^WARN .*more than 1000 lines/);
  });

  it('requires a program that exists, and exactly one of stdioCommand and serverUrl', async () => {
    const session = createTestSession();
    await expect(connectMcp({ stdioCommand: ['no-such-program'] }, deps, session)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(connectMcp({}, deps, session)).rejects.toMatchObject({ code: 'BAD_INPUT' });
    const both = { stdioCommand: ['node'], serverUrl: 'http://localhost/mcp' };
    await expect(connectMcp(both, deps, session)).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });
});
