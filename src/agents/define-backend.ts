import type { Static, TObject } from 'typebox';
import type { AgentSession } from '../core/agent-session.ts';
import type { PolicyRequest } from '../core/policy.ts';
import type { StepResult } from '../core/resource.ts';
import type { Json, JsonObject } from '../lib/json.ts';

/** What the policy is asked before an agent starts: `agent:BACKEND` on a URI, or `exec` on a program. */
export type BackendAccess = Pick<PolicyRequest, 'action' | 'uri'>;

/** An agent as its backend receives it. */
export interface AgentTask<Config = unknown> {
  readonly role: string;
  readonly goal: string;
  readonly tools?: readonly string[];
  readonly config: Config;
  /** JSON Schema that the output must fit, which is checked afterwards. A backend helps the agent to answer so. */
  readonly outputSchema?: JsonObject;
  /** Input of the step. */
  readonly context: Json;
  /** Its memory from earlier runs; empty when it has none. */
  readonly memory: string;
}

/** A way to reach agents. */
export interface Backend<Config extends TObject = TObject> {
  /** snake_case; the policy action is `agent:NAME`. */
  readonly name: string;
  readonly description: string;
  /**
   * TypeBox schema of the configuration: no additional properties, names in camelCase, a description on every property.
   * It is also the only source of the backend's input type in GraphQL, for which a generator may rely on this:
   * - `title` is the name of the input type, `description` describes it. The type's field in `AgentBackendInput` is
   *   `name` in camelCase.
   * - A nested object whose `title` is that of another backend's configuration takes the same input type. That type may
   *   have more fields; this schema rejects them.
   * - The keyword `x-signalbox` names a scalar, as in options of commands: `uri` is `URI`, `json` is `JSON`.
   * - Otherwise `string` is `String`, `number` is `Float`, `integer` is `Int`, `boolean` is `Boolean`, and an array is a
   *   list of non-null items. A union of text literals is `String`, not an enum: this schema checks the values.
   * - A property that is required and has no default is non-null; all others are nullable. Null means: not given.
   */
  readonly config: Config;
  /** It acts only through `addMessage`, `requestModel` and `callTool`, so after a restart it continues where it was. */
  readonly resumes: boolean;
  /** What the configuration reaches. @throws Fault BAD_INPUT when that cannot be determined */
  requiredAccess(config: Static<Config>): readonly BackendAccess[];
  /** @throws Fault when the agent fails; and rethrows whatever `session.callTool` throws, even if it is not a Fault */
  run(agent: AgentTask<Static<Config>>, session: AgentSession): Promise<StepResult>;
}

// biome-ignore lint/suspicious/noExplicitAny: only the backend knows the type of its configuration, which is validated before.
export type AnyBackend = Backend<any>;

/** Carries the type of the configuration into `run`. It checks nothing. */
export function defineBackend<Config extends TObject>(backend: Backend<Config>): Backend<Config> {
  return backend;
}
