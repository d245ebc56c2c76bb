import type { NewEvent } from '../../core/event.ts';
import type { MutableStep, RunAggregate } from './run-aggregate.ts';

/** One attempt at a step, and what it may tell the journal. */
export interface Attempt {
  readonly run: RunAggregate;
  readonly step: MutableStep;
  readonly signal: AbortSignal;
  /** Adds an event about the step that changes no state. */
  emit(event: NewEvent): void;
  /** Resolves when all that was noted is durable. @throws Fault when the run was let go, or the step is to end */
  flush(): Promise<void>;
}

/** Thrown, not returned, because it has to leave whatever called the tool: the step waits for a person and is done again. */
export class PausedError extends Error {
  readonly call: string;
  readonly reason: string;

  constructor(call: string, reason: string) {
    super(reason);
    this.name = 'Paused';
    this.call = call;
    this.reason = reason;
  }
}
