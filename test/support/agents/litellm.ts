import { expect } from 'vitest';
import type { AgentTask } from '../../../src/agents/define-backend.ts';
import { type LitellmDeps, litellm } from '../../../src/agents/litellm.ts';
import { Fault } from '../../../src/core/errors.ts';
import type { Json, JsonObject } from '../../../src/lib/json.ts';
import { createTestAgent, createTestOutgoing, outputJson } from './agent.ts';
import type { TestSession, TestTool } from './agent-session.ts';
import { type FakeOpenai, type ScriptedAnswer, startFakeOpenai } from './openai.ts';

/** Resources that the tests of a file have opened and not closed. */
export const opened: { close(): Promise<void> }[] = [];

/** Closes all of it; for `afterEach`. */
export async function closeOpened(): Promise<void> {
  for (const closeable of opened.splice(0)) await closeable.close();
}

export interface LitellmRun {
  readonly model: FakeOpenai;
  run(session: TestSession, changes?: LitellmRunChanges): Promise<JsonObject>;
}

interface LitellmRunChanges {
  readonly config?: JsonObject;
  readonly agent?: Partial<Omit<AgentTask, 'config'>>;
}

/** The backend in front of a fake model that follows the script. */
export async function startLitellm(
  script: readonly ScriptedAnswer[],
  deps: Partial<LitellmDeps> = {},
  ...reachable: string[]
): Promise<LitellmRun> {
  const model = await startFakeOpenai(script);
  const out = createTestOutgoing(model.endpoint, ...reachable);
  opened.push(out.outgoing, model);
  const backend = litellm({ ...out, ...UNUSED_MCP_DEPS, backoffMs: 20, idleMs: 5_000, ...deps });
  return {
    model,
    async run(session, { config = {}, agent = {} } = {}) {
      const defaults = { model: 'small', apiBase: model.url, maxTokens: 100, maxTurns: 5 };
      return outputJson(await backend.run(createTestAgent({ ...defaults, ...config }, agent), session));
    },
  };
}

/** Used only by MCP servers that are programs. */
export const UNUSED_MCP_DEPS = {
  sandbox: { kind: 'none' as const, spawn: () => Promise.reject(new Error('no program is started here')) },
  programLimits: { memoryBytes: 0, processes: 0, cpuSeconds: 0, fileBytes: 0 },
  readPaths: [],
  version: '0',
};

export const addTool: TestTool = {
  name: 'math.add',
  description: 'Adds two numbers.',
  input: { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } } },
  run: ({ a, b }) => ({ sum: Number(a) + Number(b) }),
};

export const failingTool: TestTool = {
  name: 'breaks',
  description: 'Does not work.',
  input: { type: 'object' },
  run: () => {
    throw new Fault('TIMEOUT', 'It took too long.');
  },
};

/** Matches a fault by code and message. */
export function faultWith(code: string, message: RegExp = /./) {
  return expect.objectContaining({ name: 'Fault', code, message: expect.stringMatching(message) });
}

export function asList(value: Json | undefined): readonly JsonObject[] {
  return (value ?? []) as readonly JsonObject[];
}

/** The conversation that a request carried. */
export function messagesOf({ requests }: FakeOpenai, request: number): readonly JsonObject[] {
  return asList(requests.at(request)?.body.messages);
}

export function lastMessage(model: FakeOpenai): JsonObject {
  return messagesOf(model, -1).at(-1) ?? {};
}
