import type { Json, JsonObject } from '../lib/json.ts';
import type { CanonicalUri } from './canonical-uri.ts';
import type { CpuPool } from './cpu-pool.ts';
import type { LogLevel, ToolCallRequest } from './event.ts';
import type { User } from './principal.ts';
import type { Body, ResourceInput } from './resource.ts';

/** Bytes that a step keeps beside its output, as an artifact of the run. */
export interface SavedArtifact {
  readonly name: string;
  /** `artifact:sha256/…` */
  readonly uri: string;
  readonly media_type: string;
  readonly size: number;
  /** 64 hex digits. */
  readonly sha256: string;
}

/** What a tool may use. It reaches nothing else but what it was made with. */
export interface ToolContext {
  readonly runId: string;
  /** Key of the step that calls it. */
  readonly step: string;
  readonly user: User;
  /** Aborts when the step is cancelled or its time is over; whatever is at work must then end within a second. */
  readonly signal: AbortSignal;
  readonly cpu: CpuPool;
  log(level: LogLevel, text: string): void;
  progress(percent: number | undefined, memo?: string): void;
  /** A NOTIFICATION event. */
  notify(level: LogLevel, message: string): void;
  /** Asks the policy about something that comes up on the way; recorded. @throws Fault FORBIDDEN, THROTTLED, APPROVAL_REQUIRED */
  authorize(action: string, uri?: CanonicalUri): void;
  /** The value of a secret for use at `uri`, when the policy lets `secret:NAME` go there. @throws Fault FORBIDDEN, NOT_FOUND */
  secret(name: string, uri: CanonicalUri): string;
  /** Reads under the caller's policy, which is asked for `command:fetch` on what is read, whatever reads it. */
  read(source: ResourceInput): Promise<Body>;
  /** @throws Fault RESOURCE_TOO_LARGE, UNAVAILABLE */
  keep(name: string, mediaType: string, content: Uint8Array | string): Promise<SavedArtifact>;
  /** Folder of the run, absolute: one for all its steps, on this machine, kept until the run is removed. */
  workspace(): Promise<string>;
}

/** What a model said in one turn. */
export interface ModelReply {
  readonly text: string;
  /** Empty: it is done. */
  readonly calls: readonly ToolCallRequest[];
}

/**
 * What a step of calls and turns may use: an agent, or a kind such as `plan`. Such a step may be done again from its
 * beginning, after a pause for approval or a restart, and must then do the same again: `say`, `turn` and `call` give back
 * what the journal has of the earlier time, in their order, and only what comes after that is done.
 */
export interface AgentSession extends ToolContext {
  /** Records what is said to the agent. Durable when it resolves. */
  addMessage(role: 'system' | 'user', text: string): Promise<void>;
  /** One turn of the model: from the journal where it was answered before; otherwise asked, and durable when it resolves. */
  requestModel(ask: () => Promise<ModelReply>): Promise<ModelReply>;
  /** Text of the turn or reply that is on its way; recorded at most 20 times a second. */
  streamText(text: string): void;
  /** The tools of this server that the step may call. */
  readonly tools: readonly ToolInfo[];
  /**
   * Calls a tool when the policy lets `tool:NAME`. Where it wants that approved, the step pauses until a person decides:
   * then this throws something that is no Fault, and has to be let through.
   * @param remote of a tool that is not this server's: where it is and how it is called
   * @throws Fault FORBIDDEN, NOT_FOUND, and what the tool throws
   */
  callTool(tool: string, args: JsonObject, remote?: RemoteTool): Promise<Json>;
  /**
   * Takes that many tokens from what the run and its principal may still use, before they are used; the returned function
   * gives back what was not. Never to be called without having reserved an upper bound.
   * @throws Fault TOO_COSTLY when they are not there
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
