import type { Fault } from '../../core/errors.ts';
import type { RunRecord } from '../../core/run.ts';
import type { Attempt } from '../model/attempt.ts';
import { isJob } from '../model/job-id.ts';
import type { MutableStep } from '../model/run-aggregate.ts';
import type { Dispatcher } from './dispatcher.ts';

/** Where jobs wait until a worker has room. */
export interface JobPlaces {
  /**
   * Calls `onPlace` when a worker has room, within this call if one has, with a function that returns the place.
   * @returns withdraws a request that still waits
   */
  request(run: RunRecord, step: MutableStep, onPlace: (release: () => void) => void): () => void;
  /** The queue of such a request. */
  queueOf(run: RunRecord, step: MutableStep): string;
}

/** A step that is being performed. */
interface RunningStep {
  readonly signal: AbortSignal;
  /** Releases its slot. */
  end(): void;
}

/** The slots of one run: what waits for one, what has one, and how to abort what runs in it. */
export interface Slots {
  /** Calls `onSlot` when the step has a slot; within this call if one is free. */
  request(step: MutableStep, onSlot: () => void): void;
  /** The step runs in its slot until `end`. */
  begin(key: string): RunningStep;
  /** Returns a slot in which nothing began. */
  release(key: string): void;
  abort(key: string, reason: Fault): void;
  abortAll(reason: Fault): void;
  /** Withdraws all requests. Steps that run keep their slots until they end. */
  close(): void;
}

export function createSlots(
  {
    dispatcher,
    jobPlaces,
    beginWait,
  }: {
    readonly dispatcher: Dispatcher;
    readonly jobPlaces?: JobPlaces;
    readonly beginWait: Attempt['beginWait'];
  },
  run: RunRecord,
): Slots {
  /** Withdraws a request that waits. */
  const requests = new Map<string, () => void>();
  /** Releases a slot in which nothing runs yet. */
  const slots = new Map<string, () => void>();
  const controllers = new Map<string, AbortController>();

  const release = (key: string) => {
    const releaseSlot = slots.get(key);
    slots.delete(key);
    releaseSlot?.();
  };

  return {
    request(step, onSlot) {
      const { key, kind } = step;
      const onGranted = (releaseSlot: () => void) => {
        requests.delete(key);
        slots.set(key, releaseSlot);
        onSlot();
      };
      // A step that waits for another run takes no slot: that run needs them.
      if (kind === 'WORKFLOW') {
        onGranted(() => {});
        return;
      }
      let isGranted = false;
      const onPlace = (releaseSlot: () => void) => {
        isGranted = true;
        onGranted(releaseSlot);
      };
      if (jobPlaces && isJob(step)) {
        let endWait = () => {};
        const withdraw = jobPlaces.request(run, step, (release) => {
          endWait();
          onPlace(release);
        });
        if (isGranted) return;
        endWait = beginWait(step, Infinity, jobPlaces.queueOf(run, step));
        requests.set(key, () => {
          endWait();
          withdraw();
        });
        return;
      }
      const withdraw = dispatcher.requestSlot(slotRequestOf(run, step), onPlace);
      if (!isGranted) requests.set(key, withdraw);
    },
    begin(key) {
      const releaseSlot = slots.get(key);
      slots.delete(key);
      const controller = new AbortController();
      controllers.set(key, controller);
      return {
        signal: controller.signal,
        end() {
          // The next attempt may have begun within the input that ended this one.
          if (controllers.get(key) === controller) controllers.delete(key);
          releaseSlot?.();
        },
      };
    },
    release,
    abort: (key, reason) => controllers.get(key)?.abort(reason),
    abortAll(reason) {
      for (const controller of controllers.values()) controller.abort(reason);
    },
    close() {
      for (const withdraw of requests.values()) withdraw();
      requests.clear();
      for (const key of [...slots.keys()]) release(key);
    },
  };
}

function slotRequestOf({ id, principal, workflow, priority, plan }: RunRecord, { kind }: MutableStep) {
  const limits = {
    ...(plan?.maxParallel !== undefined && { run: plan.maxParallel }),
    ...(plan?.maxParallelRuns !== undefined && { workflow: plan.maxParallelRuns }),
  };
  return { runId: id, owner: principal, kind, priority, limits, ...(workflow !== undefined && { workflow }) };
}
