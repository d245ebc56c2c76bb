import type { Decision } from '../../core/policy.ts';
import type { User } from '../../core/principal.ts';
import type { Failure, StepOutput } from '../../core/run.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import type { MutableStep } from './run-aggregate.ts';

export interface NamedArtifact {
  readonly id: string;
  readonly name: string;
}

/** What a step came to when its turn came: its expressions were evaluated and the policy was asked. */
export type Preparation = { readonly decisions?: readonly Decision[]; readonly input?: Json } & (
  | { readonly type: 'skip' }
  /** Of a `for_each`: once for each of these. */
  | { readonly type: 'items'; readonly items: readonly Json[] }
  /** `childId` is the run that a sub-workflow will be. */
  | { readonly type: 'ready'; readonly childId?: string }
  | { readonly type: 'made'; readonly output: StepOutput }
  /** A person has to agree first. */
  | {
      readonly type: 'ask';
      readonly reason: string;
      readonly roles?: readonly string[];
      readonly expiresAt?: Date;
    }
  | { readonly type: 'throttled'; readonly until: Date }
  | { readonly type: 'sleep'; readonly until: Date }
  /** `input` names the signal too, for whoever takes the run over. */
  | { readonly type: 'await'; readonly name: string; readonly input: Json; readonly until?: Date }
  | { readonly type: 'refused'; readonly failure: Failure }
);

/** What happened to a run, told to the machine. */
export type MachineInput =
  | { readonly type: 'started' }
  /** A new process took the run over. */
  | { readonly type: 'recovered' }
  | { readonly type: 'prepared'; readonly step: string; readonly prepared: Preparation }
  /** It has a place to be done in. */
  | { readonly type: 'begun'; readonly step: string }
  | {
      readonly type: 'succeeded';
      readonly step: string;
      readonly attempt: number;
      readonly output?: StepOutput;
      readonly artifact?: NamedArtifact;
    }
  | { readonly type: 'failed'; readonly step: string; readonly attempt: number; readonly failure: Failure }
  /** A person has to approve a tool call before it can go on. */
  | {
      readonly type: 'paused';
      readonly step: string;
      readonly attempt: number;
      readonly call: string;
      readonly reason: string;
    }
  /** The time came that an effect `wake` named. */
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

/** What is to be done next, outside the machine. */
export type MachineEffect =
  | { readonly type: 'prepare'; readonly step: MutableStep }
  /** Waits for a place, then tells `begun`. */
  | { readonly type: 'queue'; readonly step: MutableStep }
  | { readonly type: 'act'; readonly step: MutableStep }
  /** All items of this `for_each` are over: their outputs become its own. */
  | { readonly type: 'gather'; readonly step: MutableStep }
  | { readonly type: 'wake'; readonly step: MutableStep; readonly at: Date }
  | { readonly type: 'abort'; readonly step: MutableStep }
  /** Everything has succeeded: what is the run's output? */
  | { readonly type: 'conclude' };
