import { abortFault } from '../../core/abort.ts';
import { Fault } from '../../core/errors.ts';

/** A signal that aborts with the step or after a time limit. */
export interface RestartableTimeout {
  readonly signal: AbortSignal;
  /** Starts the time limit again. */
  restart(): void;
  /** Must be called when the work has ended. */
  clear(): void;
}

export function startTimeout(ms: number, step: AbortSignal, host: string): RestartableTimeout {
  const controller = new AbortController();
  const onAbort = () => controller.abort(abortFault(step));
  if (step.aborted) onAbort();
  step.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => {
    const message = `The agent at ${host} did not answer within ${ms} ms. Try again later, or raise timeoutMs.`;
    controller.abort(new Fault('TIMEOUT', message));
  }, ms);
  return {
    signal: controller.signal,
    restart: () => void timer.refresh(),
    clear() {
      clearTimeout(timer);
      step.removeEventListener('abort', onAbort);
    },
  };
}
