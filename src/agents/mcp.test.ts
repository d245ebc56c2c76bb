import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createTestSession, TestPause, type TestSession } from '../../test/support/agents/agent-session.ts';
import { isRunning } from '../../test/support/runtime/is-running.ts';
import type { AgentSpec } from '../core/agent.ts';
import type { Sandbox } from '../core/programs/sandbox.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import { canonicalUri } from '../resources/canonical-uri.ts';
import { createOutgoing } from '../resources/outgoing/outgoing.ts';
import { createSchemaValidator } from '../resources/schemas/schema-validator.ts';
import { createCpuPool } from '../runtime/cpu/cpu-pool.ts';
import { createBubblewrap } from '../runtime/sandbox/bubblewrap.ts';
import { mcp } from './mcp.ts';

const ROOT = join(import.meta.dirname, '../..');
const EVERYTHING = 'node_modules/@modelcontextprotocol/server-everything/dist/index.js';
const SUMMARY = 'examples/mcp-servers/summary-server/server.ts';

const network = { allowedPrivateHosts: [], headerTimeoutMs: 5_000 };
const readPaths = [join(ROOT, 'examples'), join(ROOT, 'node_modules'), import.meta.dirname];
const sandbox = createBubblewrap({ readPaths, outgoing: network });
const outgoing = createOutgoing({ version: '0', ...network });
const cpu = createCpuPool({ maxWorkers: 1 });
const deps = {
  sandbox,
  outgoing,
  canonicalize: canonicalUri,
  version: '0',
  programLimits: { memoryBytes: 4 * 2 ** 30, processes: 64, cpuSeconds: 20, fileBytes: 2 ** 20 },
  readPaths,
  schemas: createSchemaValidator(),
};
const backend = mcp(deps);

const sessions: TestSession[] = [];
afterEach(() => Promise.all(sessions.splice(0).map((session) => session.close())));
afterAll(() => Promise.all([cpu.close(), outgoing.close()]));

interface RunOptions extends Partial<Pick<AgentSpec, 'goal' | 'tools'>> {
  readonly context?: Json;
  readonly arguments?: JsonObject;
  readonly server?: string;
}

async function run(runOptions: RunOptions, options?: Parameters<typeof createTestSession>[0], sandboxed = backend) {
  const session = createTestSession(options);
  sessions.push(session);
  const { server = EVERYTHING, context = {}, goal = 'Do it.', arguments: args, tools } = runOptions;
  const config = { stdioCommand: ['node', server], ...(args && { arguments: args }) };
  const agent = { role: 'r', goal, config, context, memory: '', ...(tools && { tools }) };
  const result = await sandboxed.run(agent, session);
  expect(result.mediaType).toBe('application/json');
  return { output: JSON.parse(String(result.content)) as Json, session };
}

describe('the backend mcp', () => {
  it('summarizes the output of the previous step with the example server', async () => {
    const text = 'Signals protect trains. Lunch is at noon. Signals and trains obey the signal box.';
    const { output, session } = await run({
      server: SUMMARY,
      context: { previous: { text } },
      arguments: { sentences: 2 },
    });
    expect(output).toEqual({
      summary: 'Signals protect trains. Signals and trains obey the signal box.',
      sentences: 2,
      of: 3,
    });
    expect(session.payloads('TOOL_CALLED')).toMatchObject([
      { call: { tool: 'summarize', arguments: { text, sentences: 2 } } },
    ]);
  });

  it('checks the arguments before the call', async () => {
    const session = createTestSession();
    sessions.push(session);
    const config = { stdioCommand: ['node', EVERYTHING], arguments: { a: '2' } };
    const call = backend.run(
      { role: 'r', goal: 'g', tools: ['get-sum'], config, context: { b: 3 }, memory: '' },
      session,
    );
    await expect(call).rejects.toMatchObject({
      code: 'BAD_INPUT',
      violations: [{ path: '/a', message: expect.stringContaining('number') }],
    });
    expect(session.payloads('TOOL_CALLED')).toEqual([]);
  });

  it('makes no call that the policy forbids, and pauses for one that needs approval', async () => {
    const runOptions = { tools: ['echo'], context: 'hello' };
    const denied = run(runOptions, { rule: () => 'deny' });
    await expect(denied).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(run(runOptions, { rule: () => 'pause' })).rejects.toBeInstanceOf(TestPause);
    const { output, session } = await run(runOptions);
    expect(output).toEqual({ text: 'Echo: hello', content: [{ type: 'text', text: 'Echo: hello' }] });
    expect(session.authorized).toEqual(['tool:echo exec:///run/signalbox/bin/node']);
  });

  it('leaves no process behind', async () => {
    const started: number[] = [];
    const watched: Sandbox = {
      kind: 'bubblewrap',
      async spawn(program, signal) {
        const process = await sandbox.spawn(program, signal);
        started.push(process.pid);
        return process;
      },
    };
    await run({ tools: ['echo'], context: 'x' }, {}, mcp({ ...deps, sandbox: watched }));
    const [pid = 0] = started;
    await expect.poll(() => isRunning(pid)).toBe(false);
  });

  it('logs a warning when there is no sandbox', async () => {
    const none: Sandbox = { kind: 'none', spawn: (program, signal) => sandbox.spawn(program, signal) };
    const { session } = await run({ tools: ['echo'], context: 'x' }, {}, mcp({ ...deps, sandbox: none }));
    expect(session.logged).toContain('WARN node runs without a sandbox: it may do whatever this server may.');
  });

  it('asks the policy about the program, or about the URL', () => {
    expect(backend.requiredAccess({ stdioCommand: ['node', 'x'] })).toMatchObject([
      { action: 'exec', uri: { href: 'exec:///run/signalbox/bin/node' } },
      { action: 'agent:mcp', uri: { href: 'exec:///run/signalbox/bin/node' } },
    ]);
    expect(backend.requiredAccess({ serverUrl: 'HTTPS://Example.com:443/mcp' })).toMatchObject([
      { action: 'agent:mcp', uri: { href: 'https://example.com/mcp' } },
    ]);
    expect(() => backend.requiredAccess({})).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
    expect(() => backend.requiredAccess({ serverUrl: 'file:///data/x' })).toThrow(
      expect.objectContaining({ code: 'BAD_INPUT' }),
    );
  });
});
