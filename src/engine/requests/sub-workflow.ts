import { setTimeout as sleep } from 'node:timers/promises';
import type { ArtifactStore } from '../../core/artifact-store.ts';
import { type ErrorCode, Fault } from '../../core/errors.ts';
import type { Journal } from '../../core/journal.ts';
import type { RunRecord, RunSnapshot } from '../../core/run.ts';
import { isFinalRunState } from '../../core/states.ts';
import type { StoreReader } from '../../core/store-reader.ts';
import { createRunStart } from '../driver/run-start.ts';
import type { Attempt } from '../model/attempt.ts';
import type { MutableStep, RunAggregate } from '../model/run-aggregate.ts';
import { type StoredOutput, storeOutput } from '../outputs/store-output.ts';
import { inputOf } from '../steps/prepare-step.ts';
import { withTimeLimit } from '../steps/time-limit.ts';
import { type StartWorkflowDeps, workflowOpening } from './start-workflow.ts';
import { followRun } from './wait-for-end.ts';

/** Runs that may stand above one another. */
const MAX_WORKFLOW_DEPTH = 10;

/** The store is away, or the child is in the hands of another node by now. */
const TRANSIENT_CODES: ReadonlySet<ErrorCode> = new Set(['UNAVAILABLE', 'CONFLICT']);
const RETRY_MS = 500;

export interface SubWorkflowDeps extends StartWorkflowDeps {
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
export function performSubWorkflow(deps: SubWorkflowDeps, attempt: Attempt): Promise<Partial<StoredOutput>> {
  const timeoutMs = attempt.step.terms?.timeoutMs;
  // It may wait for people: unless it was told how long, it takes what it takes.
  if (timeoutMs === undefined) return awaitChild(deps, attempt);
  return withTimeLimit({ timeoutMs }, attempt, (inner) => awaitChild(deps, inner));
}

async function awaitChild(deps: SubWorkflowDeps, { run: live, step, signal }: Attempt): Promise<Partial<StoredOutput>> {
  const { childId } = step;
  if (childId === undefined) throw new Error(`step ${step.key} has no id for its run`);
  const stop = () => {
    // Whoever takes over a run that this process lets go of finds what it started as it was.
    if (isReleased(signal)) return;
    deps.cancelChild(live.record, childId).catch(() => {});
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    const ended = await childEnd(deps, live, step, childId, signal);
    signal.throwIfAborted();
    return await childOutput(deps, ended, step, signal);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function isReleased({ reason }: AbortSignal): boolean {
  return reason instanceof Fault && reason.code === 'UNAVAILABLE';
}

/** The child's end. While the store is away the run that waits for it waits too; what it did not take is begun again. */
async function childEnd(
  deps: SubWorkflowDeps,
  live: RunAggregate,
  step: MutableStep,
  childId: string,
  signal: AbortSignal,
): Promise<RunSnapshot> {
  for (;;) {
    try {
      const end = await findOrStartChild(deps, live, step, childId, signal);
      if (!(end instanceof Fault)) return end;
      throw end;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Fault && TRANSIENT_CODES.has(error.code))) throw error;
    }
    await sleep(RETRY_MS, undefined, { signal });
  }
}

/** @returns the run at its end, or the fault for which it is driven here no more */
async function findOrStartChild(
  deps: SubWorkflowDeps,
  live: RunAggregate,
  step: MutableStep,
  childId: string,
  signal: AbortSignal,
): Promise<RunSnapshot | Fault> {
  const { record: parent } = live;
  const { tenant } = parent.principal;
  const here = deps.runs.get(childId);
  if (here) return here.released;
  if (await deps.reader.run({ tenant }, childId)) {
    return followRun(deps, tenant, childId, ({ run }) => isFinalRunState(run.state), signal);
  }
  const depth = (parent.plan?.depth ?? 0) + 1;
  if (depth > MAX_WORKFLOW_DEPTH) {
    throw new Fault(
      'BAD_INPUT',
      `Workflows start one another ${MAX_WORKFLOW_DEPTH} deep already. Does one start itself?`,
    );
  }
  const found = await deps.workflowLoader.readValid({ kind: 'user', ...parent.principal }, { name: step.capability });
  // From here on there is a run to cancel, and nothing waits in between.
  signal.throwIfAborted();
  const plan = found.document.compile(inputOf(live, step));
  const opening = workflowOpening(plan, found);
  const what = {
    ...opening,
    plan: { ...opening.plan, depth },
    parentId: parent.id,
    labels: { ...plan.labels, ...parent.labels },
    priority: parent.priority,
  };
  const about = { traceId: parent.traceId, requestDigest: '' };
  return deps.runs.drive(createRunStart(parent.principal, what, about, deps.clock.now(), childId)).released;
}

async function childOutput(
  deps: SubWorkflowDeps,
  { run }: RunSnapshot,
  step: MutableStep,
  signal: AbortSignal,
): Promise<StoredOutput> {
  if (run.error || run.state !== 'SUCCEEDED') {
    const { code = 'CANCELLED', message = `it is ${run.state}` } = run.error ?? {};
    throw new Fault(code, `Run ${run.id} of ${step.capability}: ${message}`, { details: { runId: run.id } });
  }
  const made = { mediaType: 'application/json', content: JSON.stringify(run.outputs ?? null) };
  return storeOutput(made, {
    artifacts: deps.artifacts,
    maxBytes: deps.maxResultBytes,
    name: `${step.key}.json`,
    signal,
  });
}
