import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { literallyAll } from './expressions/template.ts';
import { AGENT_KEYS, type DagNode, titleOf } from './forms/dag-nodes.ts';
import { contentOf } from './forms/native-form.ts';
import { literalAgent } from './inputs/agent-input.ts';
import type { Problems } from './model/problems.ts';

/** A node of type `agent` as a step: `meta` and what the nodes before it made are its context. */
export function dagAgentStep({ key, raw, at, inputs }: DagNode, problems: Problems): JsonObject | undefined {
  const { agent = {}, meta } = raw;
  if (!isJsonObject(agent)) {
    problems.error(`Node ${key}: agent must be an object.`, [...at, 'agent']);
    return undefined;
  }
  if (meta !== undefined && meta !== null && !isJsonObject(meta)) {
    problems.error(`Node ${key}: meta must be an object, which becomes part of the context.`, [...at, 'meta']);
    return undefined;
  }
  const own = Object.fromEntries(Object.entries(raw).filter(([name]) => AGENT_KEYS.includes(name)));
  const context = { ...(literallyAll(meta ?? {}) as JsonObject), ...contentsOf(inputs) };
  return {
    id: key,
    kind: 'agent',
    ...titleOf(raw),
    ...(inputs.length > 0 && { depends_on: inputs }),
    agent: literalAgent({ ...own, ...agent }),
    ...(Object.keys(context).length > 0 && { input: context }),
  };
}

/** One is `previous`, as in a pipeline; several are told apart by their nodes. */
function contentsOf(inputs: readonly string[]): Readonly<Record<string, Json>> {
  const [only, ...others] = inputs;
  if (only === undefined) return {};
  if (others.length === 0) return { previous: contentOf(only) };
  return { inputs: Object.fromEntries(inputs.map((key) => [key, contentOf(key)])) };
}
