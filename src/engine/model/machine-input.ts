import type { EventPayloads, JobEnd, NewEvent } from '../../core/event.ts';
import type { Decision } from '../../core/policy.ts';
import type { User } from '../../core/principal.ts';
import type { Failure, StepOutput, StepRecord } from '../../core/run.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import type { MutableStep } from './run-aggregate.ts';

export interface NamedArtifact {
  readonly id: string;
  readonly name: string;
}

/** What a ready step should do, after its expressions were evaluated and the policy was asked. */
export type Preparation = { readonly decisions?: readonly Decision[]; readonly input?: Json } & (
  | { readonly type: 'skip' }
  /** Of a `for_each`: one step for each of these. `artifact` is what batches refer to. */
  | { readonly type: 'items'; readonly items: readonly Json[]; readonly artifact?: EventPayloads['ARTIFACT_CREATED'] }
  /** `childId` is the id of the run that a sub-workflow starts. */
  | { readonly type: 'ready'; readonly childId?: string }
  /** The output is known already, for example from the cache. */
  | { readonly type: 'made'; readonly output: StepOutput }
  /** Somebody must approve the step first. */
  | {
      readonly type: 'ask';
      readonly reason: string;
      readonly roles?: readonly string[];
      readonly expiresAt?: Date;
    }
  | { readonly type: 'throttled'; readonly until: Date }
  | { readonly type: 'sleep'; readonly until: Date }
  /** `input` also holds the name of the signal, for a process that takes over the run. */
  | { readonly type: 'await'; readonly name: string; readonly input: Json; readonly until?: Date }
  | { readonly type: 'refused'; readonly failure: Failure }
);

/** How a new run begins. */
export type InitialInput =
  | { readonly type: 'started' }
  /**
   * The policy does not allow the run: it ends before its first step.
   * @property step the one that the policy does not allow; undefined for the run as a whole
   */
  | { readonly type: 'denied'; readonly failure: Failure; readonly decision?: Decision; readonly step?: string }
  /**
   * Repeats an earlier run of the same plan from one step on. Steps that do not depend on that step keep their results.
   * @property earlier the planned steps of the earlier run
   */
  | { readonly type: 'resumedFrom'; readonly step: string; readonly earlier: readonly StepRecord[] };

/** What happened to a run: the input of the machine. */
export type MachineInput =
  | InitialInput
  /** A new process took over the run. */
  | { readonly type: 'recovered' }
  /** An event that changes no state, such as a log line or a message of an agent. */
  | { readonly type: 'emitted'; readonly event: NewEvent }
  | { readonly type: 'prepared'; readonly step: string; readonly prepared: Preparation }
  /** The step has a slot. */
  | { readonly type: 'begun'; readonly step: string }
  | {
      readonly type: 'succeeded';
      readonly step: string;
      readonly attempt: number;
      readonly output?: StepOutput;
      readonly artifact?: NamedArtifact;
    }
  | { readonly type: 'failed'; readonly step: string; readonly attempt: number; readonly failure: Failure }
  /** Somebody must approve a tool call before the attempt can continue. */
  | {
      readonly type: 'paused';
      readonly step: string;
      readonly attempt: number;
      readonly call: string;
      readonly request: EventPayloads['TOOL_CALLED']['call'];
      readonly reason: string;
    }
  /** A worker has the job of the step. */
  | { readonly type: 'delivered'; readonly step: string; readonly attempt: number }
  /** Nobody listens for the job of the step: it is sent again at that time. */
  | { readonly type: 'undelivered'; readonly step: string; readonly attempt: number; readonly until: Date }
  /** A worker reported the end of a job. */
  | { readonly type: 'jobEnded'; readonly step: string; readonly end: JobEnd }
  /** The time of a `wake` effect has come. */
  | { readonly type: 'woke'; readonly step: string }
  | {
      readonly type: 'decided';
      readonly approvalId: string;
      readonly by: User;
      readonly approve: boolean;
      readonly comment?: string;
      readonly output: StepOutput;
    }
  /** `output` is the payload as the output of the step that waits for it. */
  | {
      readonly type: 'signalled';
      readonly id: string;
      readonly name: string;
      readonly payload?: Json;
      readonly output: StepOutput;
    }
  | {
      readonly type: 'cancelled';
      readonly by: User;
      readonly reason?: string;
      readonly compensate: boolean;
    }
  | { readonly type: 'retried'; readonly step: string }
  | { readonly type: 'concluded'; readonly outputs?: JsonObject; readonly failure?: Failure };

/** What must be done next, outside the machine. */
export type MachineEffect =
  | { readonly type: 'prepare'; readonly step: MutableStep }
  /** Waits for a slot, then sends `begun`. */
  | { readonly type: 'queue'; readonly step: MutableStep }
  | { readonly type: 'act'; readonly step: MutableStep }
  /** The job of the step has ended: the attempt that waits for it continues. */
  | { readonly type: 'continueJob'; readonly step: MutableStep }
  /** All items of this `for_each` have ended: collects their outputs as its output. */
  | { readonly type: 'gather'; readonly step: MutableStep }
  | { readonly type: 'wake'; readonly step: MutableStep; readonly at: Date }
  | { readonly type: 'abort'; readonly step: MutableStep }
  /** Everything succeeded: evaluates the outputs of the run. */
  | { readonly type: 'conclude' };
