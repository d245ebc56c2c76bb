import type { Static, TObject } from 'typebox';
import type { ToolContext } from '../core/agent-session.ts';
import type { CanonicalUri } from '../core/canonical-uri.ts';
import type { Effect } from '../core/run.ts';

/** Something an agent or a step may call, described by JSON Schemas. */
export interface Tool<Input extends TObject = TObject, Output extends TObject = TObject> {
  /** Lower case, parts separated by dots; the policy action is `tool:NAME`. */
  readonly name: string;
  readonly title: string;
  /** Full sentences, for people and for models. */
  readonly description: string;
  readonly effect: Effect;
  /** A call that was cut off may be made again, although it acts on the world. */
  readonly idempotent?: true;
  /** TypeBox schemas with a description on every property. Names are snake_case, as they are in MCP. */
  readonly input: Input;
  readonly output: Output;
  /**
   * What a call of this input reaches elsewhere: the policy is asked about `tool:NAME` on each. Without it, or where it
   * gives none, the policy is asked without a URI. @throws Fault BAD_INPUT, UNSUPPORTED_SCHEME
   */
  accessedUris?(input: Static<Input>): readonly CanonicalUri[];
  /** @throws Fault */
  run(input: Static<Input>, ctx: ToolContext): Promise<Static<Output>>;
}

// biome-ignore lint/suspicious/noExplicitAny: the input of a tool is only known to the tool; it is validated before.
export type AnyTool = Tool<any, any>;

/** Carries the types of input and output into `run`. It checks nothing. */
export function defineTool<Input extends TObject, Output extends TObject>(
  tool: Tool<Input, Output>,
): Tool<Input, Output> {
  return tool;
}
