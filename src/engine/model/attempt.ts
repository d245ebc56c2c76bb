import type { EventPayloads, NewEvent } from '../../core/event.ts';
import type { Actor } from '../../core/principal.ts';
import type { MutableStep, RunAggregate } from './run-aggregate.ts';

/** Counts the time of an attempt. */
export interface StepClock {
  readonly limitMs: number;
  /** Does not count the time until `work` has ended: it has a separate limit. */
  pause<T>(work: () => Promise<T>): Promise<T>;
}

/** One attempt at a step, and its access to the journal. */
export interface Attempt {
  readonly run: RunAggregate;
  readonly step: MutableStep;
  /** On whose behalf it acts. */
  readonly actor: Actor;
  readonly signal: AbortSignal;
  /** Of its time limit, once that has begun. */
  readonly clock?: StepClock;
  /** Adds an event about the step that changes no state. */
  emit(event: NewEvent): void;
  /** Resolves when all emitted events are durable. @throws Fault when the run was released, or the step must end */
  flush(): Promise<void>;
  /** A worker has the job of the step. */
  delivered(): void;
  /**
   * From now on the step only waits for the end of its child, which this process does not drive, or of its job; until the returned function is called.
   * @param until when it waits no longer, in milliseconds since 1970
   * @param queue in which it waits for a worker, if its job was not sent yet
   */
  beginWait(step: MutableStep, until: number, queue?: string): () => void;
}

/**
 * The attempt waits for an approval: the step is WAITING, and is performed again after the decision. An error rather than
 * a result, because it has to leave the code that called the tool.
 */
export class PausedError extends Error {
  readonly call: string;
  readonly request: EventPayloads['TOOL_CALLED']['call'];
  readonly reason: string;

  /** @param call identifies the call */
  constructor(call: string, request: EventPayloads['TOOL_CALLED']['call'], reason: string) {
    super(reason);
    this.name = 'Paused';
    this.call = call;
    this.request = request;
    this.reason = reason;
  }
}

/** No worker listens for the job of the attempt: the step waits, and sends it again under the same id. */
export class UndeliveredError extends Error {
  readonly until: Date;

  constructor(until: Date) {
    super('no worker listens');
    this.name = 'Undelivered';
    this.until = until;
  }
}
