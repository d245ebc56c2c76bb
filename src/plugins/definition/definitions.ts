import type { Static, TObject } from 'typebox';
import type { AgentTask } from '../../agents/define-backend.ts';
import type { Body, StepResult } from '../../core/resource.ts';
import type { Effect } from '../../core/run.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import type { RawOutput } from '../../step-kinds/define-step-kind.ts';
import type { PluginContext, PluginSession } from './context.ts';

/** A tool that agents and steps may call. */
export interface PluginTool<Input extends TObject = TObject, Output extends TObject = TObject> {
  /** Lower case, at least two parts separated by dots: `shop.find_order`. The policy action is `tool:NAME`. */
  readonly name: string;
  readonly title: string;
  /** Full sentences, for people and for models. */
  readonly description: string;
  /** `pure`: it may be repeated, and only its result counts. `external`: its start is durable before it acts. */
  readonly effect: Effect;
  /** True when an interrupted call may be repeated, even if it has external effects. */
  readonly idempotent?: true;
  /** TypeBox schemas with a description on every property. Names are in snake_case. */
  readonly input: Input;
  readonly output: Output;
  /** URIs that a call accesses: the policy is asked about each before the call, and a person can approve it. */
  accessedUris?(input: Static<Input>): readonly string[];
  /** @throws Fault when the call fails; anything else counts as a bug of the plugin */
  run(input: Static<Input>, ctx: PluginContext): Promise<Static<Output>>;
}

/** A kind of step, for documents that would otherwise repeat the same steps. */
export interface PluginStepKind<Input extends TObject = TObject> {
  /** In capitals, as in GraphQL: `TRANSLATE`. Documents write it in lower case; the policy action is `step:translate`. */
  readonly kind: string;
  readonly title: string;
  /** Full sentences. */
  readonly description: string;
  /** TypeBox schema with a description on every property. Names are in snake_case. */
  readonly input: Input;
  /** True when an interrupted step may be repeated. */
  readonly idempotent: boolean;
  /** By the input as the document has it, where strings may hold expressions. Absent: external. */
  effectOf?(input: JsonObject): Effect;
  /** URIs that the step accesses: the policy is asked about each before the step begins. */
  accessedUris?(input: Static<Input>): readonly string[];
  /** @returns the output as JSON, or `new RawOutput(…)` with another media type. @throws Fault when the step fails */
  run(input: Static<Input>, session: PluginSession): Promise<Json | RawOutput>;
}

/** A way to reach agents. */
export interface PluginBackend<Config extends TObject = TObject> {
  /** snake_case. The policy action is `agent:NAME`, the GraphQL field its name in camelCase. */
  readonly name: string;
  /** Full sentences. */
  readonly description: string;
  /** TypeBox schema with a description on every property. Names are in camelCase; documents write them in snake_case. */
  readonly config: Config;
  /** True when it acts only through `addMessage`, `requestModel` and `callTool`, so that it may start again after a restart. */
  readonly resumes: boolean;
  /** URIs that the configuration reaches: the policy is asked about each before the agent starts. */
  accessedUris?(config: Static<Config>): readonly string[];
  /** @throws Fault when the agent fails; and rethrows whatever `session.callTool` throws, even if it is not a Fault */
  run(agent: AgentTask<Static<Config>>, session: PluginSession): Promise<StepResult>;
}

/** What a protocol may use to open a URI. */
export interface PluginProtocolContext {
  /** Aborts when the reader no longer needs the resource, and at the time limit of reads. */
  readonly signal: AbortSignal;
  /** The reader accepts no more bytes. */
  readonly maxBytes: number;
  /** GETs an http or https URL. The policy is asked about it, as about a redirect; at most six for one resource. */
  read(url: string): Promise<Body>;
}

/** A resource that is open but not read. The server counts its bytes, and stops it at the limits. */
export interface PluginResource {
  readonly mediaType: string;
  readonly content: string | Uint8Array | AsyncIterable<Uint8Array>;
  /** Releases the source of `content`. Called once, however reading ends. */
  release?(): void | Promise<void>;
}

/** Reads the URIs of one scheme. */
export interface PluginProtocol {
  /** Lower case, without the colon. */
  readonly scheme: string;
  /** One sentence. */
  readonly description: string;
  /**
   * The one spelling of a URI, on which the policy decides and which is logged and opened. Its own result must be returned
   * unchanged. @param url without userinfo, white space and fragment. @throws Fault BAD_INPUT
   */
  canonicalize(url: URL): string;
  /** @param uri canonical, and permitted. @throws Fault NOT_FOUND, RESOURCE_UNREACHABLE … */
  open(uri: URL, ctx: PluginProtocolContext): Promise<PluginResource>;
}

// biome-ignore lint/suspicious/noExplicitAny: only the tool knows the type of its input, which is validated before.
export type AnyPluginTool = PluginTool<any, any>;
// biome-ignore lint/suspicious/noExplicitAny: only the kind knows the type of its input, which is validated before.
export type AnyPluginStepKind = PluginStepKind<any>;
// biome-ignore lint/suspicious/noExplicitAny: only the backend knows the type of its configuration, which is validated before.
export type AnyPluginBackend = PluginBackend<any>;
