import { Fault } from '../../core/errors.ts';
import type { RunRecord, RunSnapshot } from '../../core/run.ts';
import type { Metrics } from '../../core/telemetry.ts';
import { inSpan } from '../../core/tracing.ts';
import { createSlotMap } from '../../lib/slot-map.ts';
import type { Quotas } from '../gate/quotas.ts';
import { type DriveOptions, driveRun, PARKED, type RunHandle } from './drive-run.ts';
import type { EffectHandlers } from './effect-runner.ts';
import type { RunStart } from './run-start.ts';

/** The runs that this process drives. */
export interface RunRegistry {
  /** @param handlers default: the handlers of the engine */
  drive(start: RunStart, handlers?: EffectHandlers): RunHandle;
  get(runId: string): RunHandle | undefined;
  readonly all: Iterable<RunHandle>;
  readonly size: number;
  /** Leaves every run to the next node that claims it. */
  releaseAll(reason?: Fault): void;
}

interface RunRegistryDeps extends DriveOptions {
  readonly metrics: Pick<Metrics, 'runDriven' | 'runEnded'>;
  readonly quotas: Pick<Quotas, 'count'>;
  /** Called when a run is no longer driven here although it has not ended, with the reason. */
  onRelease(runId: string, fault: Fault): void;
  /** Called with the parent of a run that has ended. */
  onChildEnded(parentId: string): void;
  /** Called with a run that has ended. */
  onEnded(run: RunRecord): void;
  /** Called with a run that was cancelled, once that is durable. */
  onCancelled(run: RunRecord): void;
}

export function createRunRegistry(deps: RunRegistryDeps): RunRegistry {
  const handles = createSlotMap<RunHandle>();

  const drive = (start: RunStart, handlers: EffectHandlers): RunHandle => {
    const { id, kind, principal } = start.run.record;
    // It begins inside its span, within this call.
    let handle: RunHandle | undefined;
    const follow = inSpan('run.execute', { 'signalbox.run_id': id, 'signalbox.run_kind': kind }, async (span) => {
      handle = driveRun({ ...deps, handlers }, start);
      const ended = await handle.released;
      if (ended === PARKED) return undefined;
      if (ended instanceof Fault) throw ended;
      span.setAttribute('signalbox.run_state', ended.run.state);
      return ended;
    });
    if (!handle) throw new Error('a span must start its work synchronously');
    const { drained } = handle;
    const remove = handles.add(id, handle);
    const uncount = deps.quotas.count(principal, 'runsRunning');
    const uncountActive = deps.metrics.runDriven();
    follow
      .finally(() => {
        remove();
        uncount();
        uncountActive();
      })
      .then(
        (ended) => ended && onEnded(ended),
        (fault) => drained().then(() => deps.onRelease(id, fault)),
      );
    return handle;
  };

  const onEnded = ({ run }: RunSnapshot) => {
    const { id: runId, kind, state, createdAt, finishedAt, traceId, error, parentId } = run;
    deps.metrics.runEnded(kind, state, ((finishedAt ?? createdAt).getTime() - createdAt.getTime()) / 1_000);
    deps.logger.info('run.ended', { runId, traceId, state, code: error?.code });
    deps.onEnded(run);
    if (parentId !== undefined) deps.onChildEnded(parentId);
    if (state === 'CANCELLED') deps.onCancelled(run);
  };

  return {
    drive: (start, handlers = deps.handlers) => drive(start, handlers),
    get(runId) {
      const handle = handles.get(runId);
      return handle?.isReleased() ? undefined : handle;
    },
    get all() {
      return handles.values();
    },
    get size() {
      return handles.size;
    },
    releaseAll(reason) {
      for (const handle of handles.values()) handle.release(reason);
    },
  };
}
