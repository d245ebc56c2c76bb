import { Fault } from '../../core/errors.ts';
import { inSpan } from '../../core/tracing.ts';
import type { Attempt } from '../model/attempt.ts';

/** A longer timer of Node fires immediately. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** Created once: a stack trace for each step would cost more than most steps. */
const STEP_ENDED = new Fault('CANCELLED', 'The step has ended.');

/**
 * Runs `work` in its span, until its time limit or until the step is aborted; its signal aborts everything it left open.
 * @param work receives the attempt with that signal
 * @param timeoutMs default: that of the step, or of all steps; Infinity for work that limits its own time
 */
export function withTimeLimit<T>(
  deps: { readonly timeoutMs: number },
  attempt: Attempt,
  work: (inner: Attempt) => Promise<T>,
  timeoutMs = attempt.step.terms?.timeoutMs ?? deps.timeoutMs,
): Promise<T> {
  const { step, signal } = attempt;
  const attributes = {
    'signalbox.run_id': step.runId,
    'signalbox.step_id': step.id,
    'signalbox.command': step.capability,
  };
  return inSpan('step.perform', attributes, async () => {
    const stop = new AbortController();
    const cut = Promise.withResolvers<never>();
    const end = (fault: unknown) => {
      stop.abort(fault);
      cut.reject(fault);
    };
    const timer = setTimeout(
      () =>
        end(
          new Fault(
            'TIMEOUT',
            `${step.capability} took longer than ${timeoutMs} ms and was stopped. ${adviceFor(step)}`,
          ),
        ),
      Math.min(timeoutMs, MAX_TIMER_MS),
    );
    const aborted = () => end(signal.reason);
    signal.addEventListener('abort', aborted, { once: true });
    try {
      return await Promise.race([work({ ...attempt, signal: stop.signal }), cut.promise]);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
      stop.abort(STEP_ENDED);
    }
  });
}

function adviceFor({ terms }: Attempt['step']): string {
  return terms?.timeoutMs === undefined
    ? 'Set timeout_ms of the step, or ask the operator to raise COMMAND_TIMEOUT_MS.'
    : 'Raise timeout_ms of the step, or split the work.';
}
