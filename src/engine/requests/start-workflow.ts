import { Fault } from '../../core/errors.ts';
import type { EventPayloads, NewEvent } from '../../core/event.ts';
import type { SignedIn, User } from '../../core/principal.ts';
import type { Priority, RunSnapshot } from '../../core/run.ts';
import { type JsonObject, wellFormed } from '../../lib/json.ts';
import type { WorkflowDocument, WorkflowPlan } from '../../workflow/model/workflow-document.ts';
import { workflowAccessRequest } from '../capabilities/access-requests.ts';
import type { RunHandle } from '../driver/drive-run.ts';
import { createRunStart, identifyRequest, type RequestIdentity, userOf } from '../driver/run-start.ts';
import type { FlowControl, Held } from '../flow/flow-control.ts';
import { actorOf, authorsBeside } from '../model/actor.ts';
import { admitRun } from './admit-run.ts';
import { denyRun } from './deny-run.ts';
import type { StartRequest } from './engine.ts';
import type { ExecuteDeps } from './execute-command.ts';
import { checkLabels } from './labels.ts';
import { checkWait } from './wait-for-end.ts';
import type { LoadedWorkflow, WorkflowLoader } from './workflow-loader.ts';

/** Characters of a document that the journal keeps with its run. */
const MAX_KEPT_TEXT = 65_536;

export interface StartWorkflowDeps extends ExecuteDeps {
  readonly flow: Pick<FlowControl, 'start'>;
  readonly workflowLoader: WorkflowLoader;
}

/** See `Engine.startWorkflow`. */
export async function startWorkflow(
  deps: StartWorkflowDeps,
  principal: SignedIn,
  request: StartRequest,
): Promise<RunSnapshot> {
  const { source, inputs = {}, waitMs = 0 } = request;
  checkWait(waitMs);
  const user = userOf(principal);
  const workflow = await deps.workflowLoader.readValid(principal, source);
  const plan = workflow.document.compile(inputs);
  const priority = request.priority ?? workflow.document.priority ?? 'INTERACTIVE';
  const labels = { ...plan.labels, ...request.labels };
  checkLabels(labels);
  const identity = identifyRequest(request, [plan.name, workflow.document.yaml, plan.inputs, labels, priority]);
  return deps.idempotency(user, identity, waitMs, () =>
    beginWorkflow(deps, user, { workflow, plan, labels, priority }, identity),
  );
}

interface WorkflowStart {
  readonly workflow: LoadedWorkflow;
  readonly plan: WorkflowPlan;
  /** Checked. */
  readonly labels: JsonObject;
  readonly priority: Priority;
}

/** Starts a run of a compiled workflow, or records one that waits for its turn. @throws Fault FORBIDDEN, APPROVAL_REQUIRED, THROTTLED, UNAVAILABLE */
export async function beginWorkflow(
  deps: StartWorkflowDeps,
  user: User,
  { workflow, plan, labels, priority }: WorkflowStart,
  identity: RequestIdentity,
): Promise<RunHandle | Held> {
  const at = deps.clock.now();
  const opening = { ...workflowOpening(user, plan, workflow), workflow: plan.name, labels, priority };
  const decided = await authorizeWorkflow(deps, user, opening, identity, at);
  const created = createRunStart(user, opening, identity, at);
  const start = { ...created, events: [...created.events, decided] };
  const drive = () => admitRun(deps, user, () => deps.runs.drive(start));
  const { flow } = plan.plan;
  return flow ? deps.flow.start(start, flow, drive) : drive();
}

/**
 * Asks for `workflow:NAME`. A denial is recorded as a run.
 * @returns the decision, for the journal. @throws Fault FORBIDDEN, APPROVAL_REQUIRED, THROTTLED
 */
export async function authorizeWorkflow(
  deps: Pick<StartWorkflowDeps, 'gate' | 'runs' | 'logger'>,
  user: User,
  opening: Parameters<typeof createRunStart>[1] & { readonly workflow: string },
  { traceId, requestDigest }: RequestIdentity,
  at: Date,
): Promise<NewEvent> {
  try {
    const actor = actorOf({ principal: user, ...(opening.plan && { plan: opening.plan }) });
    const decision = deps.gate.pass(actor, workflowAccessRequest(opening.workflow));
    return { type: 'POLICY_DECIDED', at, payload: { decision } };
  } catch (error) {
    if (error instanceof Fault && error.code === 'FORBIDDEN') {
      // Without its idempotency key, which stays free.
      const start = createRunStart(user, opening, { traceId, requestDigest }, at);
      await denyRun(deps, start, error, undefined);
    }
    throw error;
  }
}

/**
 * What the journal stores of a workflow that starts.
 * @param inherited authors of the run that starts it
 */
export function workflowOpening(
  user: User,
  { name, goal, inputs, steps, plan }: WorkflowPlan,
  { saved, document }: Pick<LoadedWorkflow, 'saved'> & { readonly document?: WorkflowDocument },
  inherited: readonly User[] = [],
): Pick<EventPayloads['RUN_CREATED'], 'kind' | 'inputs' | 'steps' | 'workflow' | 'plan' | 'goal' | 'text'> {
  return {
    kind: 'WORKFLOW',
    workflow: name,
    inputs,
    steps,
    plan: {
      ...plan,
      ...(saved && { version: saved.version }),
      ...(saved?.parts && { parts: saved.parts }),
      ...authorsBeside(user, saved ? [...inherited, saved.createdBy] : inherited),
    },
    ...(goal !== undefined && { goal }),
    ...(!saved && document && document.yaml.length <= MAX_KEPT_TEXT && { text: wellFormed(document.yaml) }),
  };
}
