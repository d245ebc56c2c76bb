import type { Cpu, CpuPool } from '../../core/cpu-pool.ts';
import { Fault } from '../../core/errors.ts';
import { inSpan } from '../../core/tracing.ts';
import type { Attempt, StepClock } from '../model/attempt.ts';

/** A longer timer of Node fires immediately. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** Created once: a stack trace for each step would cost more than most steps. */
const STEP_ENDED = new Fault('CANCELLED', 'The step has ended.');

/**
 * Runs `work` in its span, until its time limit or until the step is aborted; its signal aborts everything it left open.
 * @param deps `leftMs`: what is left of the limit, if some of it has passed
 * @param work receives the attempt with that signal, and the clock of the limit
 */
export function withTimeLimit<T>(
  deps: { readonly timeoutMs: number; readonly leftMs?: number },
  attempt: Attempt,
  work: (inner: Attempt) => Promise<T>,
): Promise<T> {
  const { step, signal } = attempt;
  const timeoutMs = step.terms?.timeoutMs ?? deps.timeoutMs;
  const attributes = {
    'signalbox.run_id': step.runId,
    'signalbox.step_id': step.id,
    'signalbox.command': step.capability,
  };
  return inSpan('step.perform', attributes, async () => {
    const stop = new AbortController();
    const outcome = Promise.withResolvers<T>();
    const end = (fault: unknown) => {
      stop.abort(fault);
      outcome.reject(fault);
    };
    const clock = startClock(deps.leftMs ?? timeoutMs, () => end(timeoutFault(step, timeoutMs)));
    const aborted = () => end(signal.reason);
    signal.addEventListener('abort', aborted, { once: true });
    try {
      work({ ...attempt, signal: stop.signal, clock }).then(outcome.resolve, outcome.reject);
      return await outcome.promise;
    } finally {
      clock.stop();
      signal.removeEventListener('abort', aborted);
      stop.abort(STEP_ENDED);
    }
  });
}

/**
 * The workers, on behalf of the actor. They count the CPU time of each task, at most that of the step; meanwhile the clock of
 * the step stands still, so that waiting for a worker on a busy machine does not end the step.
 */
export function cpuOf({ cpu }: { readonly cpu: CpuPool }, { actor, clock, step }: Attempt): Cpu {
  const share = cpu.of(actor);
  if (!clock) return share;
  const { limitMs } = clock;
  return {
    run: (task, input, options) => {
      const isStepLimit = limitMs < options.timeoutMs;
      const limits = isStepLimit ? { timeoutMs: limitMs, advice: adviceFor(step) } : {};
      return clock.pause(() => share.run(task, input, { ...options, ...limits }));
    },
  };
}

function startClock(limitMs: number, onEnd: () => void): StepClock & { stop(): void } {
  let left = limitMs;
  let since = performance.now();
  let pauses = 0;
  let isStopped = false;
  let timer = setTimeout(onEnd, Math.min(Math.max(left, 0), MAX_TIMER_MS));
  return {
    limitMs,
    async pause(work) {
      pauses += 1;
      if (pauses === 1) {
        clearTimeout(timer);
        left -= performance.now() - since;
      }
      try {
        return await work();
      } finally {
        pauses -= 1;
        if (pauses === 0 && !isStopped) {
          since = performance.now();
          timer = setTimeout(onEnd, Math.min(Math.max(left, 0), MAX_TIMER_MS));
        }
      }
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

function timeoutFault(step: Attempt['step'], timeoutMs: number): Fault {
  const message = `${step.capability} took longer than ${timeoutMs} ms and was stopped. ${adviceFor(step)}`;
  return new Fault('TIMEOUT', message);
}

function adviceFor({ terms }: Attempt['step']): string {
  return terms?.timeoutMs === undefined
    ? 'Set a longer timeout_ms of the step, or split the work.'
    : 'Raise timeout_ms of the step, or split the work.';
}
