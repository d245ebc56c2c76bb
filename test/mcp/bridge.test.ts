import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textOf } from '../support/mcp/connect-mcp.ts';
import { runCli, type Server, startServer, tokenFor } from '../support/server.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';

const CSV = { source: { uri: 'data:text/csv,a%0A1' } };
const PING = { jsonrpc: '2.0', id: 3, method: 'ping' };
const INITIALIZE = {
  ...{ jsonrpc: '2.0', id: 1, method: 'initialize' },
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'a test', version: '1' } },
};

let server: Server;
let token: string;
beforeAll(async () => {
  server = await startServer({ env: { SIGNALBOX_PLUGINS: 'test/support/mcp/commands.ts' } });
  token = await tokenFor('alice', { roles: ['admin'] });
});
afterAll(() => server.stop());

/** A client that has started `signalbox mcp` as a child process. */
async function join(env: Record<string, string>): Promise<Client> {
  const client = new Client({ name: 'a test', version: '1' });
  const args = ['src/main.mjs', 'mcp'];
  await client.connect(new StdioClientTransport({ command: process.execPath, args, env, stderr: 'ignore' }));
  return client;
}

describe('signalbox mcp', () => {
  it('connects a client on standard input and output with the server, including progress and cancellation', async () => {
    const client = await join({ SIGNALBOX_URL: server.url, SIGNALBOX_TOKEN: token });
    expect(client.getServerVersion()?.name).toBe('signalbox');
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('convertToJson');
    const progress: number[] = [];
    await client.callTool({ name: 'testToolWithProgress' }, undefined, {
      onprogress: (p) => progress.push(p.progress),
    });
    // The SDK's client drops progress that it reads together with the result; the first two arrive long before that.
    expect(progress.slice(0, 2)).toEqual([0, 1]);
    const giveUp = new AbortController();
    const calling = client.callTool({ name: 'endless' }, undefined, { signal: giveUp.signal });
    const stateOf = async () => {
      const { data } = await server.query('{ runs(first: 1) { nodes { state steps { key } } } }', {}, token);
      const [run] = data.runs.nodes;
      return run?.steps[0]?.key === 'endless' && run.state;
    };
    await until('it is running', async () => (await stateOf()) === 'RUNNING');
    giveUp.abort();
    await expect(calling).rejects.toThrow();
    await until('it is cancelled', async () => (await stateOf()) === 'CANCELLED');
    await client.close();
  });

  it('signs in with a password', async () => {
    const client = await join({ SIGNALBOX_URL: server.url, SIGNALBOX_USERNAME: 'alice', SIGNALBOX_PASSWORD: 'alice' });
    const result = await client.callTool({ name: 'convertToJson', arguments: CSV });
    expect(result.structuredContent).toEqual({ fields: ['a'], rows: [{ a: '1' }] });
    await client.close();
  });

  it('continues after a restart of the server, and says what was lost', async () => {
    await using folder = await createTempFolder();
    const env = { SIGNALBOX_PLUGINS: 'test/support/mcp/commands.ts' };
    const first = await startServer({ dataDir: folder.path, env });
    const client = await join({ SIGNALBOX_URL: first.url, SIGNALBOX_TOKEN: token });
    const lost = client.callTool({ name: 'endless' });
    lost.catch(() => {});
    await until('it is running', async () => {
      const { data } = await first.query('{ runs(first: 1) { nodes { state } } }', {}, token);
      return data.runs.nodes[0]?.state === 'RUNNING';
    });
    await first.stop('SIGKILL');
    await expect(lost).rejects.toThrow(/ended before the answer/);
    await expect(client.ping()).rejects.toThrow(/cannot be asked/);
    const again = { dataDir: folder.path, env: { ...env, PORT: new URL(first.url).port } };
    await using second = await startServer(again);
    expect(second.url).toBe(first.url);
    expect(textOf(await client.callTool({ name: 'testSimpleText' }))).toContain('simple text response');
    await client.close();
  });

  it('answers the requests that preceded the end of its input, writes nothing else, and ends its session', async () => {
    const env = { SIGNALBOX_URL: server.url, SIGNALBOX_TOKEN: token };
    const bridge = spawn(process.execPath, ['src/main.mjs', 'mcp'], { env, stdio: ['pipe', 'pipe', 'pipe'] });
    const output = text(bridge.stdout);
    const initialized = { jsonrpc: '2.0', method: 'notifications/initialized' };
    const lines = [INITIALIZE, 'no JSON-RPC', initialized, PING].map((line) => `${JSON.stringify(line)}\n`);
    bridge.stdin.end(`no JSON\n${lines.join('')}`);
    const code = await new Promise((resolve) => bridge.once('close', resolve));
    const answers = (await output)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers).toMatchObject([
      { id: 1, result: { serverInfo: { name: 'signalbox' } } },
      { id: 3, result: {} },
    ]);
    expect(code).toBe(0);
  });

  it('says on standard error why it cannot start', async () => {
    const nobody = await runCli(['mcp'], { env: { SIGNALBOX_URL: 'http://127.0.0.1:9', SIGNALBOX_TOKEN: 'x' } });
    expect(nobody).toEqual({
      code: 4,
      output: '',
      complaint: expect.stringMatching(/No Signalbox answers at .*npm start/),
    });
    const nameless = await runCli(['mcp'], { env: { SIGNALBOX_URL: server.url } });
    expect(nameless).toMatchObject({
      code: 1,
      output: '',
      complaint: expect.stringContaining('SIGNALBOX_TOKEN: set it'),
    });
    const wrong = { SIGNALBOX_URL: server.url, SIGNALBOX_USERNAME: 'alice', SIGNALBOX_PASSWORD: 'wrong' };
    const stranger = await runCli(['mcp'], { env: wrong });
    expect(stranger).toMatchObject({ code: 3, output: '', complaint: expect.stringContaining('let alice sign in') });
  });
});
