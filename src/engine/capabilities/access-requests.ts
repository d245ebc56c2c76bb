import { jobAction } from '../../cap/subjects.ts';
import type { AnyCommand } from '../../commands/definition/define-command.ts';
import { resourcesOfOptions } from '../../commands/definition/resources-of-options.ts';
import type { AgentInput } from '../../core/agent.ts';
import { type CanonicalUri, namedUri } from '../../core/canonical-uri.ts';
import { stepIdOfJob } from '../../core/ids.ts';
import type { PolicyRequest } from '../../core/policy.ts';
import type { Resources } from '../../core/resource.ts';
import type { PlannedStep, StepBody } from '../../core/run.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { AnyTool } from '../../tools/define-tool.ts';
import { parseAgentInput } from './agent-input.ts';
import type { Capabilities, Capability } from './capabilities.ts';

/** What the policy is asked on behalf of a user, whose roles are added. */
export type AccessRequest = Omit<PolicyRequest, 'roles'>;

const READ_ACTION = 'command:fetch';

/** What the policy is asked before a step begins, whatever its kind. @throws Fault BAD_INPUT, NOT_FOUND */
export function stepAccessRequests(
  { capabilities, resources }: { readonly capabilities: Capabilities; readonly resources: Resources },
  step: Pick<StepBody, 'kind' | 'capability' | 'terms'> & Partial<Pick<PlannedStep, 'id'>>,
  options: JsonObject,
): readonly AccessRequest[] {
  const requests = requestsOfStep({ capabilities, resources }, step, options);
  const { topic } = step.terms ?? {};
  return topic === undefined ? requests : [...requests, { action: jobAction(topic) }];
}

function requestsOfStep(
  { capabilities, resources }: { readonly capabilities: Capabilities; readonly resources: Resources },
  step: Pick<StepBody, 'kind' | 'capability'> & Partial<Pick<PlannedStep, 'id'>>,
  options: JsonObject,
): readonly AccessRequest[] {
  if (step.kind === 'AGENT') return agentAccessRequests(parseAgentInput(options, capabilities), capabilities);
  if (step.kind === 'WORKFLOW') return [workflowAccessRequest(step.capability)];
  if (step.kind === 'TOOL') return toolAccessRequests(capabilities.tool(step.capability), options);
  const kind = capabilities.kinds.find((one) => one.kind === step.kind);
  if (kind) {
    const uris = isOwnContext(step, options) ? [] : (kind.readUris?.(options) ?? []);
    const reads = uris.map((uri) => ({ action: READ_ACTION, uri }));
    return [...requestsFor(kind.actionOf?.(options) ?? actionOf(step), kind.accessedUris?.(options)), ...reads];
  }
  return accessRequestsOf(step, capabilities.of(step), options, resources);
}

/** One request for each resource that the options name. @throws Fault BAD_INPUT */
export function accessRequestsOf(
  step: Pick<StepBody, 'kind' | 'capability'>,
  capability: Capability | undefined,
  options: JsonObject,
  resources: Resources,
): readonly AccessRequest[] {
  const action = actionOf(step);
  if (!capability) return [{ action }];
  const mentions = resourcesOfOptions(capability as AnyCommand, options);
  const schema = mentions.schema === undefined ? {} : { schema: resources.canonicalize(mentions.schema) };
  if (mentions.resources.length === 0) return [{ action, ...schema }];
  return mentions.resources.map((source) => ({ action, uri: resources.policyUriOf(source), ...schema }));
}

/** What the policy is asked before a tool is called. @throws Fault BAD_INPUT for a target that the tool cannot reach */
export function toolAccessRequests(tool: AnyTool, input: JsonObject): readonly AccessRequest[] {
  return requestsFor(`tool:${tool.name}`, tool.accessedUris?.(input));
}

/** A client stores the context of a job that it submits under the id of the job. */
function isOwnContext(
  { id, kind }: Pick<StepBody, 'kind'> & Partial<Pick<PlannedStep, 'id'>>,
  { job_id: jobId, context_ptr: pointer }: JsonObject,
): boolean {
  return kind === 'JOB' && typeof jobId === 'string' && id === stepIdOfJob(jobId) && pointer === `redis://ctx:${jobId}`;
}

function requestsFor(action: string, uris: readonly CanonicalUri[] = []): readonly AccessRequest[] {
  return uris.length === 0 ? [{ action }] : uris.map((uri) => ({ action, uri }));
}

/** What the policy is asked before a workflow starts. */
export function workflowAccessRequest(name: string): AccessRequest {
  return { action: `workflow:${name}`, uri: namedUri('workflow', name) };
}

/** One request for everything that the agent's backend reaches. @throws Fault BAD_INPUT, NOT_FOUND */
function agentAccessRequests({ agent }: AgentInput, capabilities: Capabilities): readonly AccessRequest[] {
  const reached = capabilities.backend(agent.backend).requiredAccess(agent.config);
  return reached.length > 0 ? reached : [{ action: `agent:${agent.backend}` }];
}

const KINDS_WITH_CAPABILITY: ReadonlySet<StepBody['kind']> = new Set(['COMMAND', 'QUERY', 'TOOL', 'AGENT', 'WORKFLOW']);

/** The action of the policy: `command:NAME`, `tool:NAME`, `agent:BACKEND` …, or `step:KIND` for a kind without capability. */
function actionOf({ kind, capability }: Pick<StepBody, 'kind' | 'capability'>): string {
  return KINDS_WITH_CAPABILITY.has(kind) ? `${kind.toLowerCase()}:${capability}` : `step:${kind.toLowerCase()}`;
}
