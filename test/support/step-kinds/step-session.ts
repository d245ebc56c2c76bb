import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentSession, ModelReply, SavedArtifact } from '../../../src/core/agent-session.ts';
import type { Cpu } from '../../../src/core/cpu-pool.ts';
import { Fault } from '../../../src/core/errors.ts';
import type { Body } from '../../../src/core/resource.ts';
import type { Json, JsonObject } from '../../../src/lib/json.ts';

/** A tool as a step kind calls it. Real tools fit. */
export interface TestStepTool {
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: the input of a tool is only known to the tool.
  run(input: any, session: AgentSession): unknown;
}

/** An `AgentSession` in memory with real bytes, a real folder, and the tools of the test. */
export interface TestStepSession extends AgentSession {
  /** Stored artifacts, by name. */
  readonly artifacts: ReadonlyMap<string, string>;
  readonly logged: readonly string[];
  readonly called: readonly { readonly tool: string; readonly args: JsonObject }[];
  readonly stop: AbortController;
  /** Stores a text for `read`. @returns its URI */
  addResource(text: string): string;
  /** Removes the workspace. */
  close(): Promise<void>;
}

export function createTestStepSession(given: readonly TestStepTool[] = []): TestStepSession {
  const stop = new AbortController();
  const kept = new Map<string, string>();
  const stored = new Map<string, Buffer>();
  const logged: string[] = [];
  const called: { tool: string; args: JsonObject }[] = [];
  let folder: Promise<string> | undefined;
  const store = (bytes: Buffer) => {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    stored.set(`artifact:sha256/${sha256}`, bytes);
    return { uri: `artifact:sha256/${sha256}`, sha256, size: bytes.length };
  };

  const session: TestStepSession = {
    ...{
      artifacts: kept,
      logged,
      called,
      stop,
      signal: stop.signal,
      runId: 'run_test',
      step: 'test',
      cpu: inlineCpu,
    },
    user: { subject: 'user-1', username: 'ada', tenant: 'default', roles: ['admin'] },
    tools: given.map(({ name }) => ({ name, description: '', input: {} })),
    addResource: (text) => store(Buffer.from(text)).uri,
    log: (level, text) => logged.push(`${level} ${text}`),
    progress() {},
    notify: (level, message) => logged.push(`NOTIFICATION ${level} ${message}`),
    authorize() {},
    secret: (name) => throwNotFound(`the secret ${name}`),
    async read(source) {
      const uri = 'uri' in source ? source.uri : '';
      return bodyOf(uri, stored.get(uri) ?? throwNotFound(JSON.stringify(source)));
    },
    async saveArtifact(name, mediaType, content): Promise<SavedArtifact> {
      const bytes = Buffer.from(content as Uint8Array);
      kept.set(name, bytes.toString());
      return { name, media_type: mediaType, ...store(bytes) };
    },
    workspace() {
      folder ??= mkdtemp(join(tmpdir(), 'signalbox-kinds-'));
      return folder;
    },
    async addMessage() {},
    requestModel: (ask: () => Promise<ModelReply>) => ask(),
    streamText() {},
    async callTool(tool, args) {
      called.push({ tool, args });
      const found = given.find(({ name }) => name === tool) ?? throwNotFound(`the tool ${tool}`);
      return (await found.run(args, session)) as Json;
    },
    reserveTokens: async () => async () => {},
    async close() {
      if (folder) await rm(await folder, { recursive: true, force: true });
    },
  };
  return session;
}

function throwNotFound(what: string): never {
  throw new Fault('NOT_FOUND', `There is not ${what}.`);
}

function bodyOf(uri: string, bytes: Buffer): Body {
  return {
    uri,
    mediaType: 'application/octet-stream',
    size: bytes.length,
    async *stream() {
      yield bytes;
    },
    bytes: async () => bytes,
    text: async () => bytes.toString(),
    async cancel() {},
  };
}

/** Runs tasks without threads. */
const inlineCpu: Cpu = {
  async run<Input, Output>(task: URL, input: Input): Promise<Output> {
    const { run } = (await import(task.href)) as { run(input: Input): Promise<Output> };
    return run(input);
  },
};
