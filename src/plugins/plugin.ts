/*
 * The published entry `signalbox/plugin`. Everything that a plugin may import is exported here; see docs/plugins.md. What
 * is exported changes only compatibly, or `API_VERSION` changes with it.
 */
import type { TObject } from 'typebox';
import { brand } from './definition/brand.ts';
import type { PluginBackend, PluginProtocol, PluginStepKind, PluginTool } from './definition/definitions.ts';

export { type Static, Type } from 'typebox';
export type { AgentTask } from '../agents/define-backend.ts';
export {
  type Command,
  type CommandContext,
  type CompositeCommand,
  defineCommand,
  resource,
} from '../commands/definition/define-command.ts';
export { AnyJson, ResourceInput, SchemaUri, Uri } from '../commands/definition/options.ts';
export { type ErrorCode, Fault } from '../core/errors.ts';
export { parseJson } from '../core/parse-json.ts';
export type { Body, StepResult } from '../core/resource.ts';
export { isJsonObject, type Json, type JsonObject } from '../lib/json.ts';
export { RawOutput } from '../step-kinds/define-step-kind.ts';
export type { PluginContext, PluginRequest, PluginSession } from './definition/context.ts';
export type {
  PluginBackend,
  PluginProtocol,
  PluginProtocolContext,
  PluginResource,
  PluginStepKind,
  PluginTool,
} from './definition/definitions.ts';

/** A tool. Infers the types of input and output for `run`; the server checks the rest when it starts. */
export function defineTool<Input extends TObject, Output extends TObject>(
  tool: PluginTool<Input, Output>,
): PluginTool<Input, Output> {
  return brand('tool', tool);
}

/** A kind of step. Infers the type of the input for `run`. */
export function defineStepKind<Input extends TObject>(kind: PluginStepKind<Input>): PluginStepKind<Input> {
  return brand('kind', kind);
}

/** An agent backend. Infers the type of the configuration for `run`. */
export function defineBackend<Config extends TObject>(backend: PluginBackend<Config>): PluginBackend<Config> {
  return brand('backend', backend);
}

/** A protocol: how URIs of one scheme are read. */
export function defineProtocol(protocol: PluginProtocol): PluginProtocol {
  return brand('protocol', protocol);
}
