import type { AgentTask } from '../../../src/agents/define-backend.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { canonicalUri } from '../../../src/resources/canonical-uri.ts';
import { createOutgoing, type Outgoing } from '../../../src/resources/outgoing/outgoing.ts';

/** An agent with this configuration and an arbitrary task. */
export function createTestAgent<Config>(
  config: Config,
  more: Partial<Omit<AgentTask, 'config'>> = {},
): AgentTask<Config> {
  return { role: 'You are terse.', goal: 'Say it.', context: {}, memory: '', ...more, config };
}

/** Dependencies of backends, with real outgoing connections that reach only these private hosts. */
export function createTestOutgoing(...allowedPrivateHosts: string[]): {
  readonly outgoing: Outgoing;
  readonly canonicalize: typeof canonicalUri;
} {
  return {
    outgoing: createOutgoing({ version: '0', allowedPrivateHosts, headerTimeoutMs: 5_000 }),
    canonicalize: canonicalUri,
  };
}

/** The output of an agent, which is JSON. */
export function outputJson(made: { readonly content: unknown }): JsonObject {
  return JSON.parse(String(made.content)) as JsonObject;
}
