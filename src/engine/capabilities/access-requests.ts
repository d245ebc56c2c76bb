import type { AnyCommand } from '../../commands/definition/define-command.ts';
import { resourcesOfOptions } from '../../commands/definition/resources-of-options.ts';
import type { PolicyRequest } from '../../core/policy.ts';
import type { Resources } from '../../core/resource.ts';
import type { StepBody } from '../../core/run.ts';
import type { JsonObject } from '../../lib/json.ts';

export type AccessRequest = Omit<PolicyRequest, 'roles'>;

/** Something that has options which may name resources: a command, a query, a tool or a kind. */
export type Capability = Pick<AnyCommand, 'name' | 'options'>;

/** What the policy is asked before a step may begin: once for each resource it names. @throws Fault BAD_INPUT */
export function accessRequestsOf(
  step: Pick<StepBody, 'kind' | 'capability'>,
  capability: Capability | undefined,
  options: JsonObject,
  resources: Resources,
): readonly AccessRequest[] {
  const action = actionOf(step);
  if (!capability) return [{ action }];
  const touched = resourcesOfOptions(capability as AnyCommand, options);
  const schema = touched.schema === undefined ? {} : { schema: resources.canonicalize(touched.schema) };
  if (touched.resources.length === 0) return [{ action, ...schema }];
  return touched.resources.map((source) => ({ action, uri: resources.policyUriOf(source), ...schema }));
}

const KINDS_WITH_CAPABILITY: ReadonlySet<StepBody['kind']> = new Set(['COMMAND', 'QUERY', 'TOOL', 'AGENT', 'WORKFLOW']);

/** What the policy calls it: `command:NAME`, `tool:NAME`, `agent:BACKEND` …, or `step:KIND` for a kind that names nothing. */
export function actionOf({ kind, capability }: Pick<StepBody, 'kind' | 'capability'>): string {
  return KINDS_WITH_CAPABILITY.has(kind) ? `${kind.toLowerCase()}:${capability}` : `step:${kind.toLowerCase()}`;
}
