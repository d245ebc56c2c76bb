import type { Clock } from '../../core/clock.ts';
import { Fault } from '../../core/errors.ts';
import type { EventPayloads, NewEvent } from '../../core/event.ts';
import { newId } from '../../core/ids.ts';
import type { SignedIn } from '../../core/principal.ts';
import type { PlannedStep, RunSnapshot, StepOutput } from '../../core/run.ts';
import { isFinalRunState } from '../../core/states.ts';
import { isJsonObject, type JsonObject } from '../../lib/json.ts';
import { createRunStart, identifyRequest, loadRun, userOf } from '../driver/run-start.ts';
import { applyEvent, snapshotOf } from '../model/run-aggregate.ts';
import { type RunControlDeps, visibleRun } from './run-control.ts';
import { assertRunCapacity, authorizeWorkflow, type StartWorkflowDeps } from './start-workflow.ts';

type RerunDeps = RunControlDeps & StartWorkflowDeps & { readonly clock: Clock };

/** See `Engine.rerunFrom`. */
export async function rerunFrom(
  deps: RerunDeps,
  principal: SignedIn,
  runId: string,
  from: string,
  changed: JsonObject = {},
): Promise<RunSnapshot> {
  const run = await visibleRun(deps, principal, runId, 'mutation:rerunFrom');
  if (!isFinalRunState(run.state)) {
    throw new Fault('CONFLICT', `Run ${runId} is in progress. Wait for its end, or cancel it.`);
  }
  const { live: before, opening } = await loadRun(deps.reader, runId);
  const { payload } = opening;
  if (!payload.steps.some(({ key }) => key === from)) {
    throw new Fault('NOT_FOUND', `Run ${runId} has no step ${from}.`, { path: ['step'] });
  }
  assertRunCapacity(deps);
  const at = deps.clock.now();
  const again = withDescendants(payload.steps, from);
  const what = {
    kind: payload.kind,
    inputs: mergeInputs(payload, changed),
    steps: payload.steps.map((step) => ({ ...step, id: newId('step') })),
    labels: payload.labels,
    priority: payload.priority,
    rerunOf: runId,
    ...(payload.workflow !== undefined && { workflow: payload.workflow }),
    ...(payload.goal !== undefined && { goal: payload.goal }),
    ...(payload.plan && { plan: payload.plan }),
  };
  const user = userOf(principal);
  const identity = identifyRequest({}, runId);
  const start = createRunStart(user, what, identity, at);
  const kept: NewEvent[] = [];
  for (const { key, kind, terms } of payload.steps) {
    const step = before.steps.get(key);
    if (again.has(key) || !step) continue;
    const { state, output, error } = step;
    // Whether it was left out by its own condition or because the run was ending: that is seen anew.
    if (state === 'SKIPPED') continue;
    const ended = state === 'SUCCEEDED' || terms?.continueOnError === true;
    if (!ended) {
      const message = `Step ${key} is not needed by ${from}, but it did not succeed either: rerun from ${key}.`;
      throw new Fault('CONFLICT', message, { path: ['step'] });
    }
    if (kind === 'APPROVAL' && Object.keys(changed).length > 0) {
      const message = `${key} was decided for the inputs as they were. Rerun from ${key}, so that it is asked again.`;
      throw new Fault('CONFLICT', message, { path: ['step'] });
    }
    if (output) kept.push(...artifactsOf(output, key, at));
    const made = { ...(output && { output }), ...(error && { error }) };
    const move = { from: 'PENDING', to: state, attempt: step.attempt, ...made } as const;
    kept.push({ type: 'STEP_STATE_CHANGED', at, step: key, payload: move });
  }
  for (const event of kept) applyEvent(start.run, event);
  const { workflow } = payload;
  const decided =
    workflow === undefined ? [] : [await authorizeWorkflow(deps, user, { ...what, workflow }, identity, at)];
  const driven = deps.runs.drive({ ...start, events: [...start.events, ...decided, ...kept] });
  await driven.flush();
  return snapshotOf(driven.run);
}

/** Bytes that the earlier run made belong to this one too, so that they outlast it. */
function artifactsOf({ text, digest, mediaType, size }: StepOutput, step: string, at: Date): NewEvent[] {
  if (text !== undefined) return [];
  const payload = { id: newId('art'), name: step, digest, mediaType, size };
  return [{ type: 'ARTIFACT_CREATED', at, step, payload }];
}

/** The step, and all that depend on it, however far. */
function withDescendants(steps: readonly PlannedStep[], from: string): ReadonlySet<string> {
  const found = new Set([from]);
  for (let size = 0; size < found.size; ) {
    size = found.size;
    for (const { key, dependsOn } of steps) if (dependsOn.some((need) => found.has(need))) found.add(key);
  }
  return found;
}

function mergeInputs({ inputs }: EventPayloads['RUN_CREATED'], changed: JsonObject) {
  const known = isJsonObject(inputs) ? inputs : {};
  const unknown = Object.keys(changed).find((name) => !Object.hasOwn(known, name));
  if (unknown === undefined) return Object.keys(changed).length > 0 ? { ...known, ...changed } : inputs;
  throw new Fault('BAD_INPUT', `The run has no input ${unknown}. It has: ${Object.keys(known).join(', ')}.`, {
    path: ['inputs', unknown],
  });
}
