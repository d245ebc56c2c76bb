import type { Static, TObject } from 'typebox';
import type { AgentSpec } from '../../core/agent.ts';
import type { Cpu } from '../../core/cpu-pool.ts';
import type { LogLevel } from '../../core/event.ts';
import type { Body, Content, ResourceInput, StepResult } from '../../core/resource.ts';
import type { Effect } from '../../core/run.ts';
import type { JsonObject } from '../../lib/json.ts';

export type { Content, StepResult as Made };

/** What a command may use. It reaches nothing else: no store and no other network. */
export interface CommandContext {
  readonly signal: AbortSignal;
  /** Reads under the caller's policy; every redirect hop is asked about too. */
  read(source: ResourceInput): Promise<Body>;
  /** @throws Fault SCHEMA_VIOLATION with every violation when the JSON text does not fit the schema at that URI. */
  validate(json: string | Uint8Array, schemaUri: string): Promise<void>;
  /** For work that would hold up the event loop. */
  readonly cpu: Cpu;
  /** A new path for a file on its way. */
  scratch(): string;
  /** Most bytes that the result may have. `read` has a separate limit. */
  readonly maxBytes: number;
  log(level: LogLevel, text: string): void;
}

interface CommandBase<Options extends TObject> {
  /** camelCase; the GraphQL field, the step's command and the policy action `command:NAME`. */
  readonly name: string;
  readonly title: string;
  /** Full sentences; shown in the schema, the catalog and forms. */
  readonly description: string;
  /** TypeBox schema with a description on every property. */
  readonly options: Options;
}

/** One action: options in, resource out. */
export interface Command<Options extends TObject = TObject> extends CommandBase<Options> {
  readonly effect: Effect;
  /** Of every result, if it is always the same: what expressions see of the output is then known before a run. */
  readonly mediaType?: string;
  run(options: Static<Options>, ctx: CommandContext): Promise<StepResult>;
}

/** One step of a composite command: another command, or an agent that finds what the step before it made in its context. */
export type InnerStep =
  | { readonly command: string; readonly options: JsonObject; readonly agent?: never }
  | { readonly agent: AgentSpec; readonly command?: never };

/** A command that runs others, one after the other, as steps of one run. */
export interface CompositeCommand<Options extends TObject = TObject> extends CommandBase<Options> {
  steps(options: Static<Options>): readonly InnerStep[];
}

export type AnyCommand = Command | CompositeCommand;

/** By the registry of symbols, so that a plugin may bring its own copy of this module. */
const BRAND = Symbol.for('signalbox.command');

/** Carries the option types into `run`, and marks the command as one for `loadPlugins`. It checks nothing. */
export function defineCommand<Options extends TObject>(command: Command<Options>): Command<Options>;
export function defineCommand<Options extends TObject>(command: CompositeCommand<Options>): CompositeCommand<Options>;
export function defineCommand(command: AnyCommand): AnyCommand {
  return Object.defineProperty(command, BRAND, { value: true });
}

/** True for what `defineCommand` gave. */
export function isCommand(value: unknown): value is AnyCommand {
  return typeof value === 'object' && value !== null && BRAND in value;
}

export function isComposite(command: AnyCommand): command is CompositeCommand {
  return 'steps' in command;
}

/** A result in one line: `return resource('text/csv; charset=utf-8', text)`. */
export function resource(mediaType: string, content: Content): StepResult {
  return { mediaType, content };
}
