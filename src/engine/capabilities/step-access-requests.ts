import type { Resources } from '../../core/resource.ts';
import type { StepBody } from '../../core/run.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { AnyTool } from '../../tools/define-tool.ts';
import { type AccessRequest, accessRequestsOf } from './access-requests.ts';
import { agentAccessRequests, parseAgentInput } from './agent-input.ts';
import type { Capabilities } from './capabilities.ts';

/** What the policy is asked before a step may begin, whatever its kind. @throws Fault BAD_INPUT, NOT_FOUND */
export function stepAccessRequests(
  { capabilities, resources }: { readonly capabilities: Capabilities; readonly resources: Resources },
  step: Pick<StepBody, 'kind' | 'capability'>,
  options: JsonObject,
): readonly AccessRequest[] {
  if (step.kind === 'AGENT') return agentAccessRequests(parseAgentInput(options, capabilities), capabilities);
  if (step.kind === 'TOOL') return toolAccessRequests(capabilities.tool(step.capability), options);
  return accessRequestsOf(step, capabilities.of(step), options, resources);
}

/** What the policy is asked before a tool is called. @throws Fault BAD_INPUT for what it cannot reach */
export function toolAccessRequests(tool: AnyTool, input: JsonObject): readonly AccessRequest[] {
  const action = `tool:${tool.name}`;
  const reached = tool.accessedUris?.(input) ?? [];
  return reached.length === 0 ? [{ action }] : reached.map((uri) => ({ action, uri }));
}
