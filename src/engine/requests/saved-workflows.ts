import { optionRoleOf } from '../../commands/definition/options.ts';
import { namedUri } from '../../core/canonical-uri.ts';
import type { Clock } from '../../core/clock.ts';
import type { Cpu, CpuPool } from '../../core/cpu-pool.ts';
import { Fault } from '../../core/errors.ts';
import type { Decision, Policy } from '../../core/policy.ts';
import type { SignedIn } from '../../core/principal.ts';
import type { Resources } from '../../core/resource.ts';
import type { PlannedStep } from '../../core/run.ts';
import type { WorkflowRecord, Workflows } from '../../core/workflows.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { evaluate } from '../../workflow/expressions/evaluate.ts';
import { referencesIn } from '../../workflow/expressions/references.ts';
import type { Problem, WorkflowDocument } from '../../workflow/model/workflow-document.ts';
import { type AccessRequest, stepAccessRequests } from '../capabilities/access-requests.ts';
import type { Capabilities } from '../capabilities/capabilities.ts';
import { userOf } from '../driver/run-start.ts';
import type { Gate } from '../gate/gate.ts';
import { withAuthors } from '../model/actor.ts';
import type { WorkflowReport, WorkflowSource } from './engine.ts';
import { nextTime, startsPerHour } from './scheduler.ts';
import type { WorkflowLoader } from './workflow-loader.ts';

export interface SavedWorkflowDeps {
  readonly workflows: Workflows;
  readonly workflowLoader: WorkflowLoader;
  readonly capabilities: Capabilities;
  readonly resources: Resources;
  readonly policy: Policy;
  readonly gate: Gate;
  readonly clock: Clock;
  readonly cpu: CpuPool;
}

/** See `Engine.saveWorkflow`. */
export async function saveWorkflow(
  deps: SavedWorkflowDeps,
  principal: SignedIn,
  source: WorkflowSource,
): Promise<WorkflowRecord> {
  const { document } = await deps.workflowLoader.readValid(principal, source);
  const { name, description, yaml, inputs, schedule } = document;
  deps.gate.pass(principal, { action: 'mutation:saveWorkflow', uri: namedUri('workflow', name) });
  const createdAt = deps.clock.now();
  const workflow = {
    tenant: principal.tenant,
    name,
    yaml,
    document: document.source,
    inputs,
    createdAt,
    createdBy: userOf(principal),
    ...(description !== undefined && { description }),
    ...(await presentParts(deps, principal.tenant, document)),
  };
  const assertMayReplace = ownerCheck(deps, principal);
  if (!schedule) return deps.workflows.save(workflow, undefined, assertMayReplace);
  assertStartsWithoutInputs(document);
  const rule = { ...schedule } satisfies Json;
  const nextAt = nextTime(schedule, createdAt);
  const scheduled = { rule, nextAt, startsPerHour: startsPerHour(schedule, nextAt) };
  return deps.workflows.save(workflow, scheduled, assertMayReplace);
}

/** The present versions of the workflows that the steps start, but for those that say which. @throws Fault BAD_INPUT */
async function presentParts({ workflows }: SavedWorkflowDeps, tenant: string, { name, steps }: WorkflowDocument) {
  const started = steps
    .flatMap((step) => [step, step.terms?.compensate])
    .filter((body) => body?.kind === 'WORKFLOW' && body.terms?.version === undefined && body.capability !== name);
  const names = [...new Set(started.flatMap((body) => body?.capability ?? []))];
  const found = await Promise.all(
    names.map(async (part) => {
      const saved = await workflows.find(tenant, part);
      if (saved) return [part, saved.version] as const;
      const message = `The workflow starts ${part}, which does not exist. Save ${part} first, or add \`version: latest\` to the step, which then takes the newest version when it starts.`;
      throw new Fault('BAD_INPUT', message, { path: ['source'] });
    }),
  );
  return found.length > 0 ? { parts: Object.fromEntries(found) } : {};
}

/**
 * Who may replace or delete a workflow: its owner, who saved the present version; who has every role that the owner had
 * then; and whom the policy permits `override:owner`.
 */
function ownerCheck({ gate }: SavedWorkflowDeps, principal: SignedIn): (present: WorkflowRecord) => void {
  return ({ name, createdBy: owner }) => {
    if (owner.subject === principal.subject || owner.roles.every((role) => principal.roles.includes(role))) return;
    try {
      gate.pass(principal, { action: 'override:owner', uri: namedUri('workflow', name) });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const message = `The workflow ${name} belongs to ${owner.username}. Only ${owner.username}, who has the roles ${owner.roles.join(', ')}, and those whom the policy permits override:owner may replace or delete it. Save yours under another name.`;
      throw new Fault('FORBIDDEN', message, { path: ['name'], ...(error.decision && { decision: error.decision }) });
    }
  };
}

/** A scheduled start has no inputs. @throws Fault BAD_INPUT */
function assertStartsWithoutInputs(document: WorkflowDocument): void {
  try {
    document.compile({});
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const message = `A workflow with a schedule starts without inputs: each needs a default. ${error.message}`;
    throw new Fault('BAD_INPUT', message, { path: ['source'], violations: error.violations });
  }
}

/** See `Engine.deleteWorkflow`. */
export async function deleteWorkflow(
  deps: SavedWorkflowDeps,
  principal: SignedIn,
  name: string,
): Promise<WorkflowRecord> {
  deps.gate.pass(principal, { action: 'mutation:deleteWorkflow', uri: namedUri('workflow', name) });
  const removed = await deps.workflows.remove(principal.tenant, name, ownerCheck(deps, principal));
  if (removed) return removed;
  throw new Fault('NOT_FOUND', `There is no workflow ${name}.`, { path: ['name'] });
}

/**
 * See `Engine.validateWorkflow`. The policy is asked with what is known now: a step that takes its resource from the output
 * of an earlier step has no decision in advance.
 */
export async function validateWorkflow(
  deps: SavedWorkflowDeps,
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
  return { problems: [...problems, ...inputProblems], decisions, ...graphField };
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
  deps: SavedWorkflowDeps,
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
