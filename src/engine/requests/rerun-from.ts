import type { Clock } from '../../core/clock.ts';
import { Fault } from '../../core/errors.ts';
import type { EventPayloads } from '../../core/event.ts';
import { newId } from '../../core/ids.ts';
import type { SignedIn, User } from '../../core/principal.ts';
import type { RunPlan, RunSnapshot, StepRecord } from '../../core/run.ts';
import { isFinalRunState } from '../../core/states.ts';
import { isJsonObject, type JsonObject } from '../../lib/json.ts';
import { createRunStart, identifyRequest, loadRun, userOf } from '../driver/run-start.ts';
import { descendantsOf, isReusable } from '../machine/initial-input.ts';
import { authorsBeside } from '../model/actor.ts';
import { snapshotOf } from '../model/run-aggregate.ts';
import { admitRun } from './admit-run.ts';
import { type RunControlDeps, visibleRun } from './run-control.ts';
import { authorizeWorkflow, type StartWorkflowDeps } from './start-workflow.ts';

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
  const { run: earlierRun, opening } = await loadRun(deps.reader, runId);
  const { payload } = opening;
  if (!payload.steps.some(({ key }) => key === from)) {
    throw new Fault('NOT_FOUND', `Run ${runId} has no step ${from}.`, { path: ['step'] });
  }
  const plan = {
    kind: payload.kind,
    inputs: mergeInputs(payload, changed),
    steps: payload.steps.map((step) => ({ ...step, id: newId('step') })),
    labels: payload.labels,
    priority: payload.priority,
    rerunOf: runId,
    ...(payload.workflow !== undefined && { workflow: payload.workflow }),
    ...(payload.goal !== undefined && { goal: payload.goal }),
    ...(payload.text !== undefined && { text: payload.text }),
    ...planOfRerun(payload, userOf(principal)),
  };
  const earlier = earlierRun.topLevel.filter(({ role }) => role === undefined);
  const repeated = descendantsOf(payload.steps, from);
  for (const step of earlier) if (!repeated.has(step.key)) assertReusable(step, from, Object.keys(changed).length > 0);
  const user = userOf(principal);
  const identity = identifyRequest({}, runId);
  const at = deps.clock.now();
  const start = createRunStart(user, plan, identity, at);
  const { workflow } = payload;
  const decided =
    workflow === undefined ? [] : [await authorizeWorkflow(deps, user, { ...plan, workflow }, identity, at)];
  const events = [...start.events, ...decided];
  const input = { type: 'resumedFrom', step: from, earlier } as const;
  const handle = await admitRun(deps, user, () => deps.runs.drive({ ...start, events, input }));
  await handle.flush();
  return snapshotOf(handle.run);
}

/** Who started the earlier run wrote its inputs, and perhaps its document: somebody else repeats it with both permissions. */
function planOfRerun({ plan, principal }: EventPayloads['RUN_CREATED'], user: User): { readonly plan?: RunPlan } {
  const { authors: earlier = [], ...rest } = plan ?? {};
  const { authors } = authorsBeside(user, [...earlier, principal]);
  return plan || authors ? { plan: { ...rest, ...(authors && { authors }) } } : {};
}

/** @throws Fault CONFLICT when the new run cannot have the result of the step */
function assertReusable(step: StepRecord, from: string, hasChangedInputs: boolean): void {
  const { key, kind, state } = step;
  if (state === 'SKIPPED') return;
  if (!isReusable(step)) {
    const message = `Step ${key} does not depend on ${from}, but it did not succeed. Rerun from ${key}.`;
    throw new Fault('CONFLICT', message, { path: ['step'] });
  }
  if (kind === 'APPROVAL' && hasChangedInputs) {
    const message = `${key} was decided for the earlier inputs. Rerun from ${key} to ask for it again.`;
    throw new Fault('CONFLICT', message, { path: ['step'] });
  }
}

function mergeInputs({ inputs }: EventPayloads['RUN_CREATED'], changed: JsonObject) {
  const current = isJsonObject(inputs) ? inputs : {};
  const unknown = Object.keys(changed).find((name) => !Object.hasOwn(current, name));
  if (unknown === undefined) return Object.keys(changed).length > 0 ? { ...current, ...changed } : inputs;
  throw new Fault('BAD_INPUT', `The run has no input ${unknown}. It has: ${Object.keys(current).join(', ')}.`, {
    path: ['inputs', unknown],
  });
}
