import type { NewEvent } from '../../core/event.ts';
import type { StoreReader } from '../../core/store-reader.ts';
import { isReported, MAX_REPORTED_EVENTS, type ReportedEvent, type WorkReport } from '../model/remote-work.ts';
import type { MutableStep } from '../model/run-aggregate.ts';

/** Jobs whose number of events is kept. Of others it is counted again. */
const MAX_JOBS = 10_000;

/**
 * The events that workers of remote pools report. Each is recorded once and in its order, however often it arrives: live
 * reports may be lost, and the result has all of them.
 */
export interface ReportedEvents {
  /** The job is about to be sent for the first time. */
  begin(jobId: string): void;
  /**
   * Those of a report that continue what is recorded.
   * @param emit records one, or returns false when the step no longer waits for the job
   */
  take(step: MutableStep, jobId: string, report: WorkReport, emit: (event: ReportedEvent) => boolean): Promise<void>;
}

export function createReportedEvents({ history }: Pick<StoreReader, 'history'>): ReportedEvents {
  const counts = new Map<string, Promise<number> | number>();
  const remember = (jobId: string, count: Promise<number> | number) => {
    counts.delete(jobId);
    counts.set(jobId, count);
    for (const oldest of counts.keys()) {
      if (counts.size <= MAX_JOBS) break;
      counts.delete(oldest);
    }
  };

  return {
    begin: (jobId) => remember(jobId, 0),
    async take(step, jobId, { from, events }, emit) {
      const known = counts.get(jobId);
      if (typeof known !== 'number') {
        const counted = known ?? countRecorded(history, step, jobId);
        remember(jobId, counted);
        const count = await counted;
        // Another report may have been recorded meanwhile.
        if (typeof counts.get(jobId) !== 'number') remember(jobId, count);
      }
      let count = counts.get(jobId) as number;
      let next = from;
      for (const event of events) {
        if (event.type === 'AGENT_DELTA') {
          if (next === count && !emit(event)) return;
          continue;
        }
        const number = next;
        next += 1;
        if (number < count) continue;
        if (number > count || count >= MAX_REPORTED_EVENTS || !emit(event)) return;
        count += 1;
        remember(jobId, count);
      }
    },
  };
}

/** How many events of the job the journal has. */
async function countRecorded(
  history: StoreReader['history'],
  { runId, key }: MutableStep,
  jobId: string,
): Promise<number> {
  let count: number | undefined;
  for await (const event of history(runId)) {
    if (event.step !== key) continue;
    if (event.type === 'JOB_DISPATCHED' && event.payload.jobId === jobId) count ??= 0;
    // Nobody had it.
    else if (event.type === 'STEP_STATE_CHANGED' && event.payload.to === 'WAITING') count = undefined;
    else if (count !== undefined && isNumbered(event) && !isOfServer(event)) count += 1;
  }
  return count ?? 0;
}

/** The server noted who has the job. */
function isOfServer(event: NewEvent): boolean {
  return event.type === 'STEP_PROGRESS' && event.payload.worker !== undefined;
}

function isNumbered({ type }: NewEvent): boolean {
  return isReported(type) && type !== 'AGENT_DELTA';
}
