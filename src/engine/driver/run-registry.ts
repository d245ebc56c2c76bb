import { Fault } from '../../core/errors.ts';
import type { RunSnapshot } from '../../core/run.ts';
import type { Logger, Metrics } from '../../core/telemetry.ts';
import { inSpan } from '../../core/tracing.ts';
import { createSlotMap } from '../../lib/slot-map.ts';
import { driveRun, type EffectHandlers, type RunHandle, type RunStart } from './drive-run.ts';

/** The runs that this process drives. */
export interface RunRegistry {
  /** @param hands other than the usual ones */
  drive(start: RunStart, hands?: EffectHandlers): RunHandle;
  get(runId: string): RunHandle | undefined;
  readonly all: Iterable<RunHandle>;
  readonly size: number;
  /** Leaves every run to whoever claims it. */
  releaseAll(why?: Fault): void;
}

type RunRegistryDeps = Parameters<typeof driveRun>[0] & {
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'runEnded'>;
  /** Told of a run that is driven here no more although it has not ended, and why. */
  onRelease(runId: string, fault: Fault): void;
};

export function createRunRegistry(deps: RunRegistryDeps): RunRegistry {
  const driven = createSlotMap<RunHandle>();

  const drive = (start: RunStart, hands: EffectHandlers): RunHandle => {
    const { id, kind } = start.run.record;
    // It begins inside its span, within this call.
    let run: RunHandle | undefined;
    const follow = inSpan('run.execute', { 'signalbox.run_id': id, 'signalbox.run_kind': kind }, async (span) => {
      run = driveRun({ ...deps, handlers: hands }, start);
      const ended = await run.released;
      if (ended instanceof Fault) throw ended;
      span.setAttribute('signalbox.run_state', ended.run.state);
      return ended;
    });
    if (!run) throw new Error('a span does its work at once');
    const remove = driven.add(id, run);
    const begun = run;
    follow.finally(remove).then(tellEnd, (fault) => begun.drained().then(() => deps.onRelease(id, fault)));
    return run;
  };

  const tellEnd = ({ run }: RunSnapshot) => {
    const { id: runId, kind, state, createdAt, finishedAt, traceId, error } = run;
    deps.metrics.runEnded(kind, state, ((finishedAt ?? createdAt).getTime() - createdAt.getTime()) / 1_000);
    deps.logger.info('run.ended', { runId, traceId, state, code: error?.code });
  };

  return {
    drive: (start, hands = deps.handlers) => drive(start, hands),
    get: (runId) => driven.get(runId),
    get all() {
      return driven.values();
    },
    get size() {
      return driven.size;
    },
    releaseAll: (why) => {
      for (const run of driven.values()) run.release(why);
    },
  };
}
