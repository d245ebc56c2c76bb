import { abortFault } from '../../core/abort.ts';
import { Fault } from '../../core/errors.ts';

/** A signal that aborts with the step, or when the time is up. */
export interface RestartableTimeout {
  readonly signal: AbortSignal;
  /** Gives the time anew. */
  restart(): void;
  /** To be called when there is nothing to end any more. */
  clear(): void;
}

export function startTimeout(ms: number, step: AbortSignal, host: string): RestartableTimeout {
  const stop = new AbortController();
  const onAbort = () => stop.abort(abortFault(step));
  if (step.aborted) onAbort();
  step.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => {
    const message = `The agent at ${host} did not answer within ${ms} ms. Try again later, or raise timeoutMs.`;
    stop.abort(new Fault('TIMEOUT', message));
  }, ms);
  return {
    signal: stop.signal,
    restart: () => void timer.refresh(),
    clear() {
      clearTimeout(timer);
      step.removeEventListener('abort', onAbort);
    },
  };
}
