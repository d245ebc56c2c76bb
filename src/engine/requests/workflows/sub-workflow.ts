import { setTimeout as sleep } from 'node:timers/promises';
import type { ArtifactStore } from '../../../core/artifact-store.ts';
import { type ErrorCode, Fault } from '../../../core/errors.ts';
import type { Journal } from '../../../core/journal.ts';
import type { RunRecord, RunSnapshot } from '../../../core/run.ts';
import { isFinalRunState } from '../../../core/states.ts';
import type { StoreReader } from '../../../core/store-reader.ts';
import { createRunStart } from '../../driver/run-start.ts';
import type { Attempt } from '../../model/attempt.ts';
import type { MutableStep } from '../../model/run-aggregate.ts';
import { type StoredOutput, storeOutput } from '../../outputs/store-output.ts';
import { inputOf } from '../../steps/prepare-step.ts';
import { withTimeLimit } from '../../steps/time-limit.ts';
import { admitRun } from '../admit-run.ts';
import { type StartWorkflowDeps, workflowOpening } from '../start-workflow.ts';
import { followRun } from '../wait-for-end.ts';

/** Maximum depth of nested runs. */
const MAX_WORKFLOW_DEPTH = 10;

/** The store is unavailable, or another node drives the child now. */
const TRANSIENT_CODES: ReadonlySet<ErrorCode> = new Set(['UNAVAILABLE', 'CONFLICT']);
const RETRY_MS = 500;
/** How long a step waits for a place for its run. Its ancestors have places too, so it may wait for itself. */
const MAX_ADMISSION_MS = 30_000;

export interface SubWorkflowDeps extends StartWorkflowDeps {
  readonly journal: Journal;
  readonly reader: StoreReader;
  readonly artifacts: ArtifactStore;
  readonly maxResultBytes: number;
  /** Cancels the run of a step that is aborted. */
  cancelChild(parent: RunRecord, childId: string): Promise<void>;
}

/**
 * A sub-workflow: a separate run, on behalf of the same principal and authors and in the same trace. Its id is recorded before it
 * begins, so a node that takes over the parent finds it. While the child is not in memory of this node, the parent may be parked.
 */
export async function performSubWorkflow(deps: SubWorkflowDeps, attempt: Attempt): Promise<Partial<StoredOutput>> {
  const { run, step, signal } = attempt;
  const { childId, terms } = step;
  if (childId === undefined) throw new Error(`step ${step.key} has no id for its run`);
  const timeoutMs = terms?.timeoutMs;
  // It may wait for people: it has no default time limit.
  if (timeoutMs === undefined) return awaitChild(deps, attempt, childId, Infinity);
  const now = deps.clock.now();
  const until = (step.startedAt ?? now).getTime() + timeoutMs;
  const leftMs = until - now.getTime();
  if (leftMs <= 0) {
    // The parent continues only now, but the child may have ended in time.
    const { tenant } = run.record.principal;
    const child = await deps.reader.snapshot({ tenant }, childId).catch(() => undefined);
    if (child && isFinalRunState(child.run.state)) return childOutput(deps, child, step, signal);
  }
  return withTimeLimit({ timeoutMs, leftMs }, attempt, (inner) => awaitChild(deps, inner, childId, until));
}

async function awaitChild(
  deps: SubWorkflowDeps,
  attempt: Attempt,
  childId: string,
  until: number,
): Promise<Partial<StoredOutput>> {
  const { run, step, signal } = attempt;
  const stop = () => {
    // A node that takes over a released run expects its child as it was.
    if (isReleased(signal)) return;
    deps.cancelChild(run.record, childId).catch(() => {});
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    const ended = await childEnd(deps, attempt, childId, until);
    signal.throwIfAborted();
    return await childOutput(deps, ended, step, signal);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function isReleased({ reason }: AbortSignal): boolean {
  return reason instanceof Fault && reason.code === 'UNAVAILABLE';
}

/**
 * The end of the child. While the store is unavailable the parent waits too, and starts a child that was not stored again.
 * @throws Fault THROTTLED when there was no place for the child for a while
 */
async function childEnd(deps: SubWorkflowDeps, attempt: Attempt, childId: string, until: number): Promise<RunSnapshot> {
  const { signal } = attempt;
  const latest = performance.now() + MAX_ADMISSION_MS;
  for (;;) {
    try {
      const end = await findOrStartChild(deps, attempt, childId, until);
      if (!(end instanceof Fault)) return end;
      throw end;
    } catch (error) {
      signal.throwIfAborted();
      const isRefused = error instanceof Fault && error.code === 'THROTTLED' && performance.now() < latest;
      if (!isRefused && !(error instanceof Fault && TRANSIENT_CODES.has(error.code))) throw error;
    }
    await sleep(RETRY_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

/** @returns the run at its end, or the fault because of which this node no longer drives it */
async function findOrStartChild(
  deps: SubWorkflowDeps,
  { run, step, signal, beginWait }: Attempt,
  childId: string,
  until: number,
): Promise<RunSnapshot | Fault> {
  const { record: parent } = run;
  const { tenant } = parent.principal;
  const follow = () => {
    const endWait = beginWait(step, until);
    const isEnded = (child: RunSnapshot) => isFinalRunState(child.run.state);
    return followRun(deps, tenant, childId, isEnded, signal).finally(endWait);
  };
  const handle = deps.runs.get(childId);
  if (handle) return handle.released;
  if (await deps.reader.run({ tenant }, childId)) {
    return follow();
  }
  const depth = (parent.plan?.depth ?? 0) + 1;
  if (depth > MAX_WORKFLOW_DEPTH) {
    throw new Fault(
      'BAD_INPUT',
      `Workflows may be nested at most ${MAX_WORKFLOW_DEPTH} deep. Check whether one starts itself.`,
    );
  }
  const workflow = await deps.workflowLoader.readValid(
    { kind: 'user', ...parent.principal },
    { name: step.capability, version: versionOf(parent, step) },
  );
  const plan = workflow.document.compile(inputOf(run, step));
  const opening = workflowOpening(parent.principal, plan, workflow, parent.plan?.authors);
  const content = {
    ...opening,
    plan: { ...opening.plan, depth },
    parentId: parent.id,
    labels: { ...plan.labels, ...parent.labels },
    priority: parent.priority,
  };
  const identity = { traceId: parent.traceId, requestDigest: '' };
  const start = createRunStart(parent.principal, content, identity, deps.clock.now(), childId);
  const begin = () => {
    // From here on there is a run to cancel, and nothing is awaited in between.
    signal.throwIfAborted();
    return deps.runs.drive(start);
  };
  const drive = () => admitRun(deps, parent.principal, begin);
  const { flow } = plan.plan;
  const child = await (flow ? deps.flow.start(start, flow, drive) : drive()).catch((error: unknown) => {
    if (!(error instanceof Fault)) throw error;
    throw new Fault('THROTTLED', error.message, {
      cause: error,
      ...(error.details !== undefined && { details: error.details }),
    });
  });
  return 'held' in child ? follow() : child.released;
}

/** A saved workflow starts the versions that it was saved with, so that nobody can exchange a part of it. */
function versionOf({ workflow, plan }: RunRecord, { capability, terms }: MutableStep): number | 'latest' {
  const own = capability === workflow ? plan?.version : undefined;
  return terms?.version ?? own ?? plan?.parts?.[capability] ?? 'latest';
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
  const content = { mediaType: 'application/json', content: JSON.stringify(run.outputs ?? null) };
  return storeOutput(content, {
    artifacts: deps.artifacts,
    maxBytes: deps.maxResultBytes,
    name: `${step.key}.json`,
    signal,
  });
}
