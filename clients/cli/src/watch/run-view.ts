import type { LiveEvent, RunModel } from '../../../sdk/src/live/index.ts';

/** Shows a run as it continues. */
export interface RunView {
  /** At the end it shows the whole run: on the same terminal, only its outputs are left to print. */
  readonly isWhole?: true;
  /** Each event, before the model that has it. */
  event?(event: LiveEvent): void;
  show(model: RunModel): void;
  /** The connection is lost: what was shown may no longer be so. */
  interrupted(retryInMs: number): void;
  /** What is shown is current, again. */
  current(): void;
  /** The run has ended, or nobody follows it any longer. */
  end(): void;
}
