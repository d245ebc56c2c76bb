import type { Static, TObject } from 'typebox';
import type { AgentBackend } from '../core/agent.ts';
import type { AgentSession } from '../core/agent-session.ts';
import type { CanonicalUri } from '../core/canonical-uri.ts';
import type { StepResult } from '../core/resource.ts';
import type { Json } from '../lib/json.ts';

/** What the policy is asked before an agent begins: `agent:BACKEND` on a URI, or `exec` on a program. */
export interface BackendAccess {
  readonly action: string;
  readonly uri?: CanonicalUri;
}

/** An agent as its backend gets it. */
export interface AgentTask<Config = unknown> {
  readonly role: string;
  readonly goal: string;
  readonly tools?: readonly string[];
  readonly config: Config;
  /** What the step hands it. */
  readonly context: Json;
  /** What it remembers from earlier times; empty when it has no memory. */
  readonly memory: string;
}

/** A way to reach agents. */
export interface Backend<Config extends TObject = TObject> {
  readonly name: AgentBackend;
  readonly description: string;
  /** TypeBox schema with a description on every property, names in camelCase. */
  readonly config: Config;
  /** It does everything through `say`, `turn` and `call`, so that after a restart it goes on where it was. */
  readonly resumes: boolean;
  /** @throws Fault BAD_INPUT for a configuration that names nothing which can be reached */
  requiredAccess(config: Static<Config>): readonly BackendAccess[];
  /** @throws Fault of what went wrong; and lets through what `work.call` throws */
  run(agent: AgentTask<Static<Config>>, work: AgentSession): Promise<StepResult>;
}

// biome-ignore lint/suspicious/noExplicitAny: the configuration is only known to the backend; it is validated before.
export type AnyBackend = Backend<any>;

/** Carries the type of the configuration into `run`. It checks nothing. */
export function defineBackend<Config extends TObject>(backend: Backend<Config>): Backend<Config> {
  return backend;
}
