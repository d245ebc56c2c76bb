import type { Static, TObject } from 'typebox';
import type { ToolContext } from '../core/agent-session.ts';
import type { CanonicalUri } from '../core/canonical-uri.ts';
import type { Effect } from '../core/run.ts';

/** A tool that agents and steps may call, described by JSON Schemas. */
export interface Tool<Input extends TObject = TObject, Output extends TObject = TObject> {
  /** Lower case, with parts separated by dots. The policy action is `tool:NAME`. */
  readonly name: string;
  readonly title: string;
  /** Full sentences, for people and for models. */
  readonly description: string;
  readonly effect: Effect;
  /** True when an interrupted call may be repeated, even if it has external effects. */
  readonly idempotent?: true;
  /** TypeBox schemas with a description on every property. Names are in snake_case, as in MCP. */
  readonly input: Input;
  readonly output: Output;
  /**
   * External URIs that a call with this input accesses: the policy is asked about `tool:NAME` on each. When the function
   * is absent or returns none, the policy is asked without a URI. @throws Fault BAD_INPUT, UNSUPPORTED_SCHEME
   */
  accessedUris?(input: Static<Input>): readonly CanonicalUri[];
  /** @throws Fault */
  run(input: Static<Input>, ctx: ToolContext): Promise<Static<Output>>;
}

// biome-ignore lint/suspicious/noExplicitAny: only the tool knows the type of its input, which is validated before.
export type AnyTool = Tool<any, any>;

/** Infers the types of input and output for `run`. It checks nothing. */
export function defineTool<Input extends TObject, Output extends TObject>(
  tool: Tool<Input, Output>,
): Tool<Input, Output> {
  return tool;
}
