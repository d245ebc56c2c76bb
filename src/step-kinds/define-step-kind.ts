import type { Static, TObject } from 'typebox';
import type { AgentSession } from '../core/agent-session.ts';
import type { AgenticKind } from '../core/run.ts';
import type { Json } from '../lib/json.ts';

/** A kind of step that calls tools, and a language model if one is configured. */
export interface StepKind<Input extends TObject = TObject> {
  readonly kind: AgenticKind;
  readonly title: string;
  /** Full sentences; shown in the catalog. */
  readonly description: string;
  /** TypeBox schema with a description on every property, names in snake_case. */
  readonly input: Input;
  /** True when an interrupted step may be repeated. */
  readonly idempotent: boolean;
  /** @throws Fault when the step fails; and rethrows whatever `session.callTool` throws */
  run(input: Static<Input>, session: AgentSession): Promise<Json>;
}

// biome-ignore lint/suspicious/noExplicitAny: only the kind knows the type of its input, which is validated before.
export type AnyStepKind = StepKind<any>;

/** Infers the type of the input for `run`. It checks nothing. */
export function defineStepKind<Input extends TObject>(kind: StepKind<Input>): StepKind<Input> {
  return kind;
}
