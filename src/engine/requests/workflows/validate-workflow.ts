import { optionRoleOf } from '../../../commands/definition/options.ts';
import type { AgentInput } from '../../../core/agent.ts';
import type { Cpu, CpuPool } from '../../../core/cpu-pool.ts';
import { Fault } from '../../../core/errors.ts';
import type { Decision, Policy } from '../../../core/policy.ts';
import type { Actor, SignedIn } from '../../../core/principal.ts';
import type { Resources } from '../../../core/resource.ts';
import type { PlannedStep } from '../../../core/run.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../lib/json.ts';
import { evaluate } from '../../../workflow/expressions/evaluate.ts';
import { referencesIn } from '../../../workflow/expressions/references.ts';
import type { Problem, WorkflowDocument } from '../../../workflow/model/workflow-document.ts';
import { type AccessRequest, stepAccessRequests } from '../../capabilities/access-requests.ts';
import type { Capabilities } from '../../capabilities/capabilities.ts';
import { userOf } from '../../driver/run-start.ts';
import { withAuthors } from '../../model/actor.ts';
import type { WorkflowReport, WorkflowSource } from '../engine.ts';
import { type SavedWorkflowDeps, saveProblems } from './saved-workflows.ts';

export interface ValidateWorkflowDeps extends SavedWorkflowDeps {
  readonly capabilities: Capabilities;
  readonly resources: Resources;
  readonly policy: Policy;
  readonly cpu: CpuPool;
}

/**
 * See `Engine.validateWorkflow`. The policy is asked with what is known now: a step that takes its resource from the output
 * of an earlier step has no decision in advance.
 */
export async function validateWorkflow(
  deps: ValidateWorkflowDeps,
  principal: SignedIn,
  source: WorkflowSource,
  inputs: JsonObject | undefined,
): Promise<WorkflowReport> {
  const { document, problems, graph, saved } = await deps.workflowLoader.read(principal, source);
  const graphField = graph ? { graph } : {};
  if (!document) return { problems, decisions: [], ...graphField };
  const { values, problems: inputProblems } = inputsFor(document, inputs);
  const actor = saved ? withAuthors(userOf(principal), [saved.createdBy]) : userOf(principal);
  const decisions: { step: string; decision: Decision }[] = [];
  for (const step of document.steps) {
    for (const request of await knownAccessRequests(deps, deps.cpu.of(principal), step, values)) {
      for (const decision of deps.gate.preview(actor, request)) decisions.push({ step: step.key, decision });
    }
  }
  const approvals = document.steps.flatMap((step) => approvalProblems(deps, actor, step));
  const savingProblems = await saveProblems(deps, principal, document, { isSaved: saved !== undefined });
  return { problems: [...problems, ...inputProblems, ...approvals, ...savingProblems], decisions, ...graphField };
}

/**
 * Tools of an agent on a worker that need an approval, for which a call there cannot wait. Whether a tool that accesses resources needs
 * one is known when the agent calls it.
 */
function approvalProblems(
  { capabilities, gate }: ValidateWorkflowDeps,
  actor: Actor,
  { key, kind, input, terms }: Omit<PlannedStep, 'id'>,
): readonly Problem[] {
  const pool = terms?.pool;
  if (kind !== 'AGENT' || pool === undefined || capabilities.topicOf(pool) === undefined) return [];
  const { agent } = input as unknown as AgentInput;
  const needsApproval = (name: string) =>
    gate.preview(actor, { action: `tool:${name}` }).some(({ effect }) => effect === 'APPROVE');
  return capabilities.tools
    .filter(
      ({ name, accessedUris }) => agent.tools?.includes(name) && accessedUris === undefined && needsApproval(name),
    )
    .map(({ name }) => ({
      severity: 'WARNING',
      message: `Step ${key}: a call of ${name} needs an approval, and on workers, where the pool ${pool} is, it fails with APPROVAL_REQUIRED. Remove the pool, or the tool.`,
      step: key,
    }));
}

/** Without inputs the document is validated, not a run of it: then a missing input is not a problem. */
function inputsFor(
  document: WorkflowDocument,
  inputs: JsonObject | undefined,
): { readonly values: JsonObject; readonly problems: readonly Problem[] } {
  try {
    return { values: document.compile(inputs ?? {}).inputs, problems: [] };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (inputs === undefined) return { values: {}, problems: [] };
    const violations = error.violations.length > 0 ? error.violations : [{ path: '', message: error.message }];
    const problems = violations.map(
      ({ path, message }): Problem => ({ severity: 'ERROR', message: `inputs${path}: ${message}` }),
    );
    return { values: inputs, problems };
  }
}

/** What the policy will be asked about the step, as far as the inputs of the run determine it. */
async function knownAccessRequests(
  deps: ValidateWorkflowDeps,
  cpu: Cpu,
  step: Omit<PlannedStep, 'id'>,
  inputs: JsonObject,
): Promise<readonly AccessRequest[]> {
  const capability = deps.capabilities.of(step);
  const input = step.input ?? inputs;
  const literals: Record<string, Json> = {};
  for (const [name, value] of Object.entries(isJsonObject(input) ? input : {})) {
    const option = await knownValue(cpu, value, inputs);
    if (option !== undefined) literals[name] = option;
    else if (capability && optionRoleOf(capability.options.properties[name] ?? {}) !== undefined) return [];
  }
  try {
    return stepAccessRequests(deps, step, literals);
  } catch (error) {
    // The value is not a URI. The step itself will fail with that.
    if (error instanceof Fault) return [];
    throw error;
  }
}

/** The value, if its expressions need only the inputs of the run. */
async function knownValue(cpu: Cpu, value: Json, inputs: JsonObject): Promise<Json | undefined> {
  const { steps, dynamicStep, item, index, repair, run } = referencesIn(value);
  if (steps.size > 0 || dynamicStep || item || index || repair || run) return undefined;
  try {
    return await evaluate(value, { inputs, steps: {}, run: { id: '', labels: {} } }, cpu);
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}
