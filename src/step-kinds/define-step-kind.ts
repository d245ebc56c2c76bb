import type { Static, TObject } from 'typebox';
import type { AgentSession } from '../core/agent-session.ts';
import type { CanonicalUri } from '../core/canonical-uri.ts';
import type { StepResult } from '../core/resource.ts';
import type { AgenticKind, Effect } from '../core/run.ts';
import type { Json, JsonObject } from '../lib/json.ts';

/** A kind of step that acts through its session: it calls tools, a language model if one is configured, or a service. */
export interface StepKind<Input extends TObject = TObject> {
  readonly kind: AgenticKind;
  readonly title: string;
  /** Full sentences; shown in the catalog. */
  readonly description: string;
  /** TypeBox schema with a description on every property, names in snake_case. */
  readonly input: Input;
  /** True when an interrupted step may be repeated. */
  readonly idempotent: boolean;
  /** By the input as the document has it, where strings may hold expressions. Absent: external. */
  effectOf?(input: JsonObject): Effect;
  /** The action that the policy is asked about. Absent: `step:KIND`. */
  actionOf?(input: Static<Input>): string;
  /**
   * External URIs that the step accesses: the policy is asked about the action on each. When the function is absent, the
   * policy is asked without a URI. @throws Fault BAD_INPUT, UNSUPPORTED_SCHEME
   */
  accessedUris?(input: Static<Input>): readonly CanonicalUri[];
  /** URIs that somebody else reads for the step: the caller must be permitted to read them, `command:fetch`. */
  readUris?(input: Static<Input>): readonly CanonicalUri[];
  /**
   * @returns the output as JSON, or with another media type
   * @throws Fault when the step fails; and rethrows whatever `session.callTool` throws
   */
  run(input: Static<Input>, session: AgentSession): Promise<Json | RawOutput>;
}

/** An output that is stored as it is. */
export class RawOutput {
  readonly result: StepResult;

  constructor(result: StepResult) {
    this.result = result;
  }
}

// biome-ignore lint/suspicious/noExplicitAny: only the kind knows the type of its input, which is validated before.
export type AnyStepKind = StepKind<any>;

/** Infers the type of the input for `run`. It checks nothing. */
export function defineStepKind<Input extends TObject>(kind: StepKind<Input>): StepKind<Input> {
  return kind;
}
