import type { ErrorCode, RunState, WorkflowRunPartsFragment } from '../generated/graphql.ts';
import { SignalboxError } from '../transport/signalbox-error.ts';

const CODES: Readonly<Partial<Record<RunState, ErrorCode>>> = {
  TIMEOUT: 'TIMEOUT',
  DENIED: 'FORBIDDEN',
  CANCELLED: 'CANCELLED',
};

/** A run has ended in another state than SUCCEEDED: FAILED, TIMEOUT, DENIED or CANCELLED. */
export class RunFailed extends SignalboxError {
  override readonly name = 'RunFailed';
  readonly run: WorkflowRunPartsFragment;
  /** Key of the step that failed, if it was one. */
  readonly step: string | undefined;

  constructor(run: WorkflowRunPartsFragment) {
    const { error, id, state } = run;
    super(error?.code ?? CODES[state] ?? 'INTERNAL', `Run ${id} is ${state}${error ? `: ${error.message}` : '.'}`);
    this.run = run;
    this.step = error?.step ?? undefined;
  }
}
