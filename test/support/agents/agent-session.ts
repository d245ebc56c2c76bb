import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  AgentSession,
  RemoteTool,
  SavedArtifact,
  ToolContext,
  ToolInfo,
} from '../../../src/core/agent-session.ts';
import type { Cpu } from '../../../src/core/cpu-pool.ts';
import { Fault, isRetryable } from '../../../src/core/errors.ts';
import type { EventPayloads, EventType, LogLevel, NewEvent } from '../../../src/core/event.ts';
import type { User } from '../../../src/core/principal.ts';
import type { Json, JsonObject } from '../../../src/lib/json.ts';

/** A fake tool of this server. */
export interface TestTool extends ToolInfo {
  run(args: JsonObject): Json | Promise<Json>;
}

export interface TestSessionOptions {
  /** Records of an earlier attempt: they are replayed in order, and only what follows is executed. */
  readonly history?: readonly NewEvent[];
  readonly tools?: readonly TestTool[];
  /** Decision of the policy for a call; `pause` waits for a person. Default `allow`. */
  readonly rule?: (tool: string, args: JsonObject) => 'allow' | 'deny' | 'pause';
  /** Actions that `authorize` denies. */
  readonly forbidden?: readonly string[];
  readonly secrets?: Readonly<Record<string, string>>;
  /** Tokens that may still be used; default: unlimited. */
  readonly tokens?: number;
  /** Default: runs tasks in this thread. */
  readonly cpu?: Cpu;
  readonly read?: ToolContext['read'];
}

/** Interrupts a step that waits for a person. Not a Fault. */
export class TestPause extends Error {}

/** An `AgentSession` in memory. */
export interface TestSession extends AgentSession {
  /** The history, and everything since. Hand it to the next `createTestSession` as its history. */
  readonly events: NewEvent[];
  /** Cancels the step. */
  readonly stop: AbortController;
  /** Stored artifacts, by name. */
  readonly artifacts: Map<string, SavedArtifact & { readonly bytes: Buffer }>;
  /** `ACTION URI` and `secret:NAME URI` that the policy was asked about. */
  readonly authorized: string[];
  readonly tokensLeft: number;
  payloads<T extends EventType>(type: T): readonly EventPayloads[T][];
  /** All log lines as `LEVEL text`. */
  readonly logged: readonly string[];
  /** All deltas in one. */
  readonly streamedText: string;
  /** Removes the workspace. */
  close(): Promise<void>;
}

export function createTestSession(options: TestSessionOptions = {}): TestSession {
  const events: NewEvent[] = [...(options.history ?? [])];
  const stop = new AbortController();
  const kept: TestSession['artifacts'] = new Map();
  const asked: string[] = [];
  const earlier = readReplay(options.history ?? []);
  let tokens = options.tokens ?? Number.MAX_SAFE_INTEGER;
  let folder: Promise<string> | undefined;
  let calls = 0;

  const record = <T extends EventType>(type: T, payload: EventPayloads[T]) => {
    events.push({ type, at: new Date(), step: 'test', payload } as NewEvent);
  };
  const payloads = <T extends EventType>(type: T) =>
    events.filter((event) => event.type === type).map((event) => event.payload as EventPayloads[T]);
  const perform = (tool: string, args: JsonObject, remote: RemoteTool | undefined) => {
    if (remote) return remote.perform(args, stop.signal);
    const found = options.tools?.find(({ name }) => name === tool);
    if (!found) throw new Fault('NOT_FOUND', `There is no tool ${tool}.`);
    return found.run(args);
  };

  return {
    ...{ events, stop, artifacts: kept, authorized: asked, payloads },
    runId: 'run_test',
    step: 'test',
    user: ADA,
    signal: stop.signal,
    cpu: options.cpu ?? inlineCpu,
    tools: options.tools ?? [],
    get tokensLeft() {
      return tokens;
    },
    get logged() {
      return payloads('LOG').map(({ level, text }) => `${level} ${text}`);
    },
    get streamedText() {
      return payloads('AGENT_DELTA')
        .map(({ text }) => text)
        .join('');
    },
    log: (level, text) => record('LOG', { level, text }),
    progress: (percent, memo) =>
      record('STEP_PROGRESS', { ...(percent !== undefined && { percent }), ...(memo !== undefined && { memo }) }),
    notify: (level: LogLevel, message) => record('NOTIFICATION', { level, message }),
    authorize(action, uri) {
      asked.push(uri ? `${action} ${uri.href}` : action);
      if (options.forbidden?.includes(action)) throw new Fault('FORBIDDEN', `The policy forbids ${action}.`);
    },
    secret(name, uri) {
      asked.push(`secret:${name} ${uri.href}`);
      const value = options.secrets?.[name];
      if (value === undefined) throw new Fault('NOT_FOUND', `There is no secret ${name}.`);
      return value;
    },
    read: options.read ?? (async () => Promise.reject(new Fault('NOT_FOUND', 'There is nothing to read here.'))),
    async saveArtifact(name, mediaType, content) {
      const bytes = Buffer.from(content as Uint8Array);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const uri = `artifact:sha256/${sha256}`;
      const made: SavedArtifact = { name, uri, media_type: mediaType, size: bytes.length, sha256 };
      kept.set(name, { ...made, bytes });
      record('ARTIFACT_CREATED', { id: `art_${kept.size}`, digest: sha256, name, mediaType, size: bytes.length });
      return made;
    },
    workspace() {
      folder ??= mkdtemp(join(tmpdir(), 'signalbox-work-'));
      return folder;
    },
    async addMessage(role, text) {
      const before = earlier.said.shift();
      if (!before) return record('AGENT_MESSAGE', { role, text });
      if (before.role !== role || before.text !== text) throw new Error(`said before: ${before.text}; now: ${text}`);
    },
    async requestModel(ask) {
      const before = earlier.turns.shift();
      if (before) return { text: before.text, calls: before.calls ?? [] };
      const turn = await ask();
      record('AGENT_MESSAGE', {
        role: 'assistant',
        text: turn.text,
        ...(turn.calls.length > 0 && { calls: turn.calls }),
      });
      return turn;
    },
    streamText: (text) => record('AGENT_DELTA', { text }),
    async callTool(tool, args, remote) {
      calls += 1;
      const id = `call_${calls}`;
      const before = earlier.returned.get(id);
      if (before?.error) throw new Fault(before.error.code, before.error.message);
      if (before) return before.result ?? null;
      const rule = options.rule?.(tool, args) ?? 'allow';
      asked.push(remote ? `tool:${tool} ${remote.uri.href}` : `tool:${tool}`);
      if (rule === 'deny') throw new Fault('FORBIDDEN', `The policy forbids tool:${tool}.`);
      if (rule === 'pause') throw new TestPause(`tool:${tool} waits for a person`);
      if (!earlier.called.has(id)) record('TOOL_CALLED', { call: { id, tool, arguments: args } });
      const end = (outcome: Pick<EventPayloads['TOOL_RETURNED']['call'], 'result' | 'error'>) =>
        record('TOOL_RETURNED', { call: { id, tool, durationMs: 0, ...outcome } });
      try {
        const result = await perform(tool, args, remote);
        end({ result });
        return result;
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        end({ error: { code: error.code, message: error.message, retryable: isRetryable(error.code) } });
        throw error;
      }
    },
    async reserveTokens(wanted) {
      if (wanted > tokens) throw new Fault('TOO_COSTLY', `${tokens} tokens are left; this may need ${wanted}.`);
      tokens -= wanted;
      return async (used) => {
        tokens += wanted - used;
      };
    },
    async close() {
      if (folder) await rm(await folder, { recursive: true, force: true });
    },
  };
}

const ADA: User = { subject: 'user-1', username: 'ada', tenant: 'default', roles: ['admin'] };

/** Reads the journal of an earlier attempt. */
function readReplay(history: readonly NewEvent[]) {
  const messages = history.flatMap((event) => (event.type === 'AGENT_MESSAGE' ? [event.payload] : []));
  return {
    said: messages.filter(({ role }) => role !== 'assistant'),
    turns: messages.filter(({ role }) => role === 'assistant'),
    called: new Set(history.flatMap((event) => (event.type === 'TOOL_CALLED' ? [event.payload.call.id] : []))),
    returned: new Map(
      history.flatMap((event) => (event.type === 'TOOL_RETURNED' ? [[event.payload.call.id, event.payload.call]] : [])),
    ),
  };
}

/** Runs tasks without threads; a task that does not end cannot be stopped. */
const inlineCpu: Cpu = {
  async run<Input, Output>(task: URL, input: Input): Promise<Output> {
    const { run } = (await import(task.href)) as { run(input: Input): Promise<Output> };
    return run(input);
  },
};
