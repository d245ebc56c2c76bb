import { Fault } from '../../core/errors.ts';
import type { EventPayloads } from '../../core/event.ts';
import type { Decision } from '../../core/policy.ts';
import type { SignedIn } from '../../core/principal.ts';
import type { RunSnapshot } from '../../core/run.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { WorkflowDocument, WorkflowPlan } from '../../workflow/model/workflow-document.ts';
import { createRunStart, identifyRequest, userOf } from '../driver/run-start.ts';
import { denyRun } from './deny-run.ts';
import type { StartRequest } from './engine.ts';
import type { ExecuteDeps } from './execute-command.ts';
import { checkWait, waitForEnd } from './wait-for-end.ts';
import type { LoadedWorkflow, WorkflowLoader } from './workflow-loader.ts';

const MAX_LABELS = 16;

export interface StartWorkflowDeps extends ExecuteDeps {
  readonly findWorkflow: WorkflowLoader;
  /** Runs under way on this node at most. */
  readonly maxRuns: number;
}

/** Starts a workflow; see `Engine.start`. */
export async function startWorkflow(
  deps: StartWorkflowDeps,
  principal: SignedIn,
  request: StartRequest,
): Promise<RunSnapshot> {
  const { source, inputs = {}, priority = 'INTERACTIVE', waitMs = 0 } = request;
  checkWait(waitMs);
  const who = userOf(principal);
  const found = await deps.findWorkflow.readValid(principal, source);
  const plan = found.document.compile(inputs);
  const labels = { ...plan.labels, ...request.labels };
  checkLabels(labels);
  const about = identifyRequest(request, [plan.name, found.document.yaml, plan.inputs, labels, priority]);
  return deps.once(who, about, async () => {
    const at = deps.clock.now();
    const opening = { ...workflowOpening(plan, found), labels, priority };
    let decision: Decision;
    try {
      decision = deps.gate.pass(who, { action: `workflow:${plan.name}` });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const { idempotencyKey: _, ...rest } = about;
      if (error.code === 'FORBIDDEN') await denyRun(deps, createRunStart(who, opening, rest, at), error, undefined, at);
      throw error;
    }
    assertRunCapacity(deps);
    const start = createRunStart(who, opening, about, at);
    const asked = { type: 'POLICY_DECIDED', at, payload: { decision } } as const;
    return waitForEnd(deps.running.drive({ ...start, events: [...start.events, asked] }), waitMs);
  });
}

/** @throws Fault UNAVAILABLE when this node has as many runs as it may */
export function assertRunCapacity({
  running,
  dispatcher,
  maxRuns,
}: Pick<StartWorkflowDeps, 'running' | 'dispatcher' | 'maxRuns'>): void {
  dispatcher.assertCapacity();
  if (running.size < maxRuns) return;
  const message = `This server has ${maxRuns} runs under way. Try again when some have ended.`;
  throw new Fault('UNAVAILABLE', message, { retryAfterMs: 5_000 });
}

/** What the journal keeps of a workflow that starts. */
export function workflowOpening(
  { name, goal, inputs, steps, plan }: WorkflowPlan,
  { saved }: Pick<LoadedWorkflow, 'saved'> & { readonly document?: WorkflowDocument },
): Pick<EventPayloads['RUN_CREATED'], 'kind' | 'inputs' | 'steps' | 'workflow' | 'plan' | 'goal'> {
  return {
    kind: 'WORKFLOW',
    workflow: name,
    inputs,
    steps,
    plan: { ...plan, ...(saved && { version: saved.version }) },
    ...(goal !== undefined && { goal }),
  };
}

function checkLabels(labels: JsonObject): void {
  const entries = Object.entries(labels);
  const fits = ([name, value]: [string, unknown]) =>
    name.length <= 64 && ['string', 'number', 'boolean'].includes(typeof value) && String(value).length <= 256;
  if (entries.length <= MAX_LABELS && entries.every(fits)) return;
  const message = `Give up to ${MAX_LABELS} labels: names of up to 64 characters, text, numbers or booleans of up to 256.`;
  throw new Fault('BAD_INPUT', message, { path: ['labels'] });
}
