import type { Json, JsonObject } from '../lib/json.ts';
import type { CanonicalUri } from './canonical-uri.ts';
import type { Cpu } from './cpu-pool.ts';
import type { LogLevel, TokenCounts, ToolCallRequest } from './event.ts';
import type { User } from './principal.ts';
import type { Body, ResourceInput } from './resource.ts';

/** Bytes that a step keeps in addition to its output, as an artifact of the run. */
export interface SavedArtifact {
  readonly name: string;
  /** `artifact:sha256/…` */
  readonly uri: string;
  readonly media_type: string;
  readonly size: number;
  /** 64 hex digits. */
  readonly sha256: string;
}

/** What a tool may use, in addition to the dependencies it was created with. */
export interface ToolContext {
  readonly runId: string;
  /** Key of the calling step. */
  readonly step: string;
  readonly user: User;
  /** Aborts when the step is cancelled or its time limit is over; everything that runs must then end within a second. */
  readonly signal: AbortSignal;
  readonly cpu: Cpu;
  log(level: LogLevel, text: string): void;
  progress(percent: number | undefined, memo?: string): void;
  /** A NOTIFICATION event. */
  notify(level: LogLevel, message: string): void;
  /** Asks the policy about an access that becomes known while running; recorded. @throws Fault FORBIDDEN, THROTTLED, APPROVAL_REQUIRED */
  authorize(action: string, uri?: CanonicalUri): void;
  /** The value of a secret for use at `uri`, when the policy lets `secret:NAME` go there. @throws Fault FORBIDDEN, NOT_FOUND */
  secret(name: string, uri: CanonicalUri): string;
  /** Reads under the caller's policy, which is always asked for `command:fetch` on the resource. */
  read(source: ResourceInput): Promise<Body>;
  /** @throws Fault RESOURCE_TOO_LARGE, UNAVAILABLE, THROTTLED when a quota is exceeded */
  saveArtifact(name: string, mediaType: string, content: Uint8Array | string): Promise<SavedArtifact>;
  /** Absolute path of the folder of the run: shared by its steps, on this machine, kept until the run is removed. */
  workspace(): Promise<string>;
}

/** Answer of a model in one turn. */
export interface ModelReply {
  readonly text: string;
  /** Empty when the model is done. */
  readonly calls: readonly ToolCallRequest[];
  /** Absent if the endpoint does not say. */
  readonly usage?: TokenCounts;
}

/**
 * What an agent, or a step kind such as `plan`, may use. After a pause for approval or a restart, the step runs again from
 * its beginning and must act the same way: `addMessage`, `requestModel` and `callTool` return what the journal has from the
 * earlier attempt, in order, and only later calls are executed.
 */
export interface AgentSession extends ToolContext {
  /** Records a message to the agent. Durable when it resolves. */
  addMessage(role: 'system' | 'user', text: string): Promise<void>;
  /** One turn of the model: from the journal if it was answered before; otherwise asked. Durable when it resolves. */
  requestModel(request: () => Promise<ModelReply>): Promise<ModelReply>;
  /** Streams text of the current turn or reply; recorded at most 20 times a second. */
  streamText(text: string): void;
  /** The tools of this server that the step may call. */
  readonly tools: readonly ToolInfo[];
  /**
   * Calls a tool if the policy allows `tool:NAME`. If the call needs approval, the step pauses until a person decides: this
   * then throws something that is not a Fault and must be rethrown.
   * @param remote location and call of a tool that does not belong to this server
   * @throws Fault FORBIDDEN, NOT_FOUND, and whatever the tool throws
   */
  callTool(tool: string, args: JsonObject, remote?: RemoteTool): Promise<Json>;
  /**
   * Reserves tokens of the budget of the run and its principal, before they are used. The returned function takes the
   * number of used tokens and returns the rest; a number above the reservation, or that is not a count, uses all of it and
   * is logged. Reserve an upper bound before every request.
   * @throws Fault TOO_COSTLY when the budget has fewer tokens
   */
  reserveTokens(tokens: number): Promise<(used: number) => Promise<void>>;
}

export interface ToolInfo {
  readonly name: string;
  readonly description: string;
  /** JSON Schema 2020-12 of its arguments. */
  readonly input: JsonObject;
}

export interface RemoteTool {
  /** What the policy is asked about. */
  readonly uri: CanonicalUri;
  perform(args: JsonObject, signal: AbortSignal): Promise<Json>;
}
