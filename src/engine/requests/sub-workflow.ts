import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorCode, Fault } from '../../core/errors.ts';
import type { Journal } from '../../core/journal.ts';
import type { ArtifactStore } from '../../core/resource.ts';
import type { RunRecord, RunSnapshot } from '../../core/run.ts';
import { isFinalRunState } from '../../core/run-state.ts';
import type { StoreReader } from '../../core/store.ts';
import { beginRun } from '../driver/run-start.ts';
import type { Attempt } from '../model/attempt.ts';
import type { LiveRun, LiveStep } from '../model/run-aggregate.ts';
import { type Performed, settle } from '../outputs/store-output.ts';
import { withinTime } from '../steps/perform-command.ts';
import { inputOf } from '../steps/prepare-step.ts';
import { openingOf, type StartDeps } from './start-workflow.ts';
import { followRun } from './wait-for-end.ts';

/** Runs that may stand above one another. */
const DEEPEST = 10;

/** The store is away, or the child is in the hands of another node by now. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['UNAVAILABLE', 'CONFLICT']);
const AGAIN_MS = 500;

export interface PerformWorkflowDeps extends StartDeps {
  readonly journal: Journal;
  readonly reader: StoreReader;
  readonly artifacts: ArtifactStore;
  readonly maxResultBytes: number;
  /** Ends the run of a step that is cut off. */
  cancelChild(parent: RunRecord, childId: string): Promise<void>;
}

/**
 * A sub-workflow: a run of its own, on behalf of the same principal and in the same trace. Its id was recorded before it
 * began, so whoever takes the parent over finds it.
 */
export function performWorkflow(deps: PerformWorkflowDeps, attempt: Attempt): Promise<Partial<Performed>> {
  const timeoutMs = attempt.step.terms?.timeoutMs;
  // It may wait for people: unless it was told how long, it takes what it takes.
  if (timeoutMs === undefined) return awaitRun(deps, attempt);
  return withinTime({ timeoutMs }, attempt, (inner) => awaitRun(deps, inner));
}

async function awaitRun(deps: PerformWorkflowDeps, { live, step, signal }: Attempt): Promise<Partial<Performed>> {
  const { childId } = step;
  if (childId === undefined) throw new Error(`step ${step.key} has no id for its run`);
  const stop = () => {
    // Whoever takes over a run that this process lets go of finds what it started as it was.
    if (isLetGo(signal)) return;
    deps.cancelChild(live.run, childId).catch(() => {});
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    const ended = await endOf(deps, live, step, childId, signal);
    signal.throwIfAborted();
    return await outcomeOf(deps, ended, step, signal);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function isLetGo({ reason }: AbortSignal): boolean {
  return reason instanceof Fault && reason.code === 'UNAVAILABLE';
}

/** The child's end. While the store is away the run that waits for it waits too; what it did not take is begun again. */
async function endOf(
  deps: PerformWorkflowDeps,
  live: LiveRun,
  step: LiveStep,
  childId: string,
  signal: AbortSignal,
): Promise<RunSnapshot> {
  for (;;) {
    try {
      const end = await runOf(deps, live, step, childId, signal);
      if (!(end instanceof Fault)) return end;
      throw end;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Fault && PASSING.has(error.code))) throw error;
    }
    await sleep(AGAIN_MS, undefined, { signal });
  }
}

/** @returns the run at its end, or the fault for which it is driven here no more */
async function runOf(
  deps: PerformWorkflowDeps,
  live: LiveRun,
  step: LiveStep,
  childId: string,
  signal: AbortSignal,
): Promise<RunSnapshot | Fault> {
  const { run: parent } = live;
  const { tenant } = parent.principal;
  const here = deps.running.get(childId);
  if (here) return here.over;
  if (await deps.reader.run({ tenant }, childId)) {
    return followRun(deps, tenant, childId, ({ run }) => isFinalRunState(run.state), signal);
  }
  const depth = (parent.plan?.depth ?? 0) + 1;
  if (depth > DEEPEST) {
    throw new Fault('BAD_INPUT', `Workflows start one another ${DEEPEST} deep already. Does one start itself?`);
  }
  const found = await deps.findWorkflow.valid({ kind: 'user', ...parent.principal }, { name: step.capability });
  // From here on there is a run to cancel, and nothing waits in between.
  signal.throwIfAborted();
  const plan = found.document.compile(inputOf(live, step));
  const opening = openingOf(plan, found);
  const what = {
    ...opening,
    plan: { ...opening.plan, depth },
    parentId: parent.id,
    labels: { ...plan.labels, ...parent.labels },
    priority: parent.priority,
  };
  const about = { traceId: parent.traceId, requestDigest: '' };
  return deps.running.drive(beginRun(parent.principal, what, about, deps.clock.now(), childId)).over;
}

async function outcomeOf(
  deps: PerformWorkflowDeps,
  { run }: RunSnapshot,
  step: LiveStep,
  signal: AbortSignal,
): Promise<Performed> {
  if (run.error || run.state !== 'SUCCEEDED') {
    const { code = 'CANCELLED', message = `it is ${run.state}` } = run.error ?? {};
    throw new Fault(code, `Run ${run.id} of ${step.capability}: ${message}`, { details: { runId: run.id } });
  }
  const made = { mediaType: 'application/json', content: JSON.stringify(run.outputs ?? null) };
  return settle(made, { artifacts: deps.artifacts, maxBytes: deps.maxResultBytes, name: `${step.key}.json`, signal });
}
